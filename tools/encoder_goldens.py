"""Outputs of the session encoder as PyTorch computes them, for Tests/SessionEncoderTests/PyTorchGoldens.swift.

    python3 tools/encoder_goldens.py > Tests/SessionEncoderTests/PyTorchGoldens.swift

Every weight is 0.4 sin(0.7 i + s), i its place in its tensor and s the sum of the bytes of the tensor's name; gains of
norms are 1 more. Needs PyTorch; all in double precision.
"""

import math

import torch
from torch.nn import functional

WIDTH, HEADS, BLOCKS, ITEMS, LENGTH, EXPANSION = 8, 2, 2, 6, 8, 2
SESSION = [3, 1, 4, 1, 5, 2]
VARIANTS = [  # positions, activation, norm, gated, temperature
    ("rotary", "gelu", "layer", False, None), ("learned", "relu", "layer", False, None),
    ("rotary", "swiglu", "rms", True, 0.1), ("learned", "gelu", "rms", False, 0.1),
    ("rotary", "relu", "layer", True, None),
]
OTHERS = [  # architecture, norm, temperature
    ("gru", "layer", 0.1), ("lstm", "rms", None), ("masked", "layer", 0.1),
]
MASKED = 2


def weights(name, *shape, gain=False):
    places = torch.arange(math.prod(shape), dtype=torch.float64)
    values = 0.4 * torch.sin(0.7 * places + sum(name.encode()))
    return (values + 1 if gain else values).view(*shape)


def linear(name, x, output):
    return functional.linear(x, weights(name + ".weight", output, x.shape[-1]), weights(name + ".bias", output))


def norm(name, x, kind):
    gain = weights(name + ".weight", WIDTH, gain=True)
    if kind == "rms":
        return functional.rms_norm(x, (WIDTH,), gain, 1e-6)
    return functional.layer_norm(x, (WIDTH,), gain, weights(name + ".bias", WIDTH), 1e-6)


def turn(x):
    half = x.shape[-1] // 2
    angles = torch.arange(x.shape[-2])[:, None] * 10000.0 ** (-2 * torch.arange(half, dtype=torch.float64) / (2 * half))
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * angles.cos() - second * angles.sin(), second * angles.cos() + first * angles.sin()], -1)


def attention(name, x, positions, is_causal=True):
    q, k, v = (part.view(len(x), HEADS, -1).transpose(0, 1) for part in linear(name + ".qkv", x, 3 * WIDTH).chunk(3, -1))
    if positions == "rotary":
        q, k = turn(q), turn(k)
    attended = functional.scaled_dot_product_attention(q, k, v, is_causal=is_causal)
    return linear(name + ".out", attended.transpose(0, 1).reshape(len(x), WIDTH), WIDTH)


def feed_forward(name, x, activation):
    hidden = EXPANSION * WIDTH
    if activation == "swiglu":
        gate, value = linear(name + ".up", x, 2 * hidden).chunk(2, -1)
        raised = functional.silu(gate) * value
    else:
        raised = linear(name + ".up", x, hidden)
        raised = torch.relu(raised) if activation == "relu" else functional.gelu(raised, approximate="tanh")
    return linear(name + ".down", raised, WIDTH)


def recurrent(name, x, architecture):
    hidden = EXPANSION * WIDTH
    layer = (torch.nn.GRU if architecture == "gru" else torch.nn.LSTM)(WIDTH, hidden, dtype=torch.float64)
    gates = (3 if architecture == "gru" else 4) * hidden
    with torch.no_grad():
        for part, product, columns in [("ih", "input", WIDTH), ("hh", "recurrent", hidden)]:
            getattr(layer, f"weight_{part}_l0").copy_(weights(f"{name}.{product}.weight", gates, columns))
            getattr(layer, f"bias_{part}_l0").copy_(weights(f"{name}.{product}.bias", gates))
        return layer(x)[0]


def encode(positions, activation, kind, gated, temperature, architecture="transformer"):
    table = weights("items.weight", ITEMS, WIDTH)
    if temperature is None:
        x = table[SESSION] * WIDTH ** 0.5
    else:
        x = functional.normalize(table, dim=1)[SESSION]
    if positions == "learned":
        x = x + weights("positions.weight", LENGTH, WIDTH)[:len(SESSION)]
    if architecture == "masked":
        x = x.clone()
        x[MASKED] = weights("mask.weight", WIDTH)
    for number in range(BLOCKS):
        block = f"blocks.{number}"
        if architecture in ("gru", "lstm"):
            states = recurrent(f"{block}.{architecture}", norm(block + ".norm", x, kind), architecture)
            x = x + linear(block + ".out", states, WIDTH)
            continue
        added = attention(
            block + ".attention", norm(block + ".norm1", x, kind), positions, is_causal=architecture != "masked")
        x = x + (torch.sigmoid(linear(block + ".gate1", x, WIDTH)) * added if gated else added)
        added = feed_forward(block + ".ff", norm(block + ".norm2", x, kind), activation)
        x = x + (torch.sigmoid(linear(block + ".gate2", x, WIDTH)) * added if gated else added)
    x = norm("norm", x, kind)
    return x if temperature is None else functional.normalize(x, dim=1) / temperature


def show(comment, outputs):
    numbers = [f"{value:.9f}" for value in outputs.flatten().tolist()]
    print("    [  // " + ", ".join(str(part) for part in comment))
    for first in range(0, len(numbers), 8):
        print("      " + ", ".join(numbers[first:first + 8]) + ",")
    print("    ],")


print("/// Written by tools/encoder_goldens.py.\nenum PyTorchGoldens {\n  static let outputs: [[Double]] = [")
for variant in VARIANTS:
    show(variant, encode(*variant))
print("  ]\n\n  static let otherArchitectures: [[Double]] = [")
for architecture, kind, temperature in OTHERS:
    show((architecture, kind, temperature), encode("rotary", "gelu", kind, False, temperature, architecture))
print("  ]\n}")
