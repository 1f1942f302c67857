"""Small tokenizers and what the reference makes of texts, for Tests/TextEncoderTests/TokenizerCases.swift.

    python3 tools/tokenizer_cases.py > Tests/TextEncoderTests/TokenizerCases.swift

Needs the packages tokenizers, sentencepiece and protobuf. The vocabularies are made up here; tables of replacements are
compiled by SentencePiece from rules that distinguish grapheme clusters from scalars.
"""

import base64
import json
import random
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer

TEXTS = 24
random.seed(3)

RULES = [("\u00a9", "(c)"), ("\u0915", "K"), ("\u0924\u0301", "T"), ("\u1100", "G"), ("\uac00\u0301", "GA"),
         ("\u0600a", "NA"), ("\u0600", "N"), ("\u00e9", "e"), ("e\u0301", "E"), ("\r\n", " "), ("\r", "R"),
         ("\u200d", "Z"),
         ("ab", "X"), ("\u2122", "TM"), ("\u0924", "t"), ("b\u0301", "bb"), ("\u093c", ""), ("\u3000", " "),
         ("\u00a0", " "),
         ("\uff21", "A"), ("\u00bd", "1\u20442"), ("\ufb01", "fi"), ("\u2460", "1"), ("\uff76\uff9e", "\u30ac"),
         ("\uff76", "\u30ab")]
WORDS = ["the", "mask", "a", "ab", "b", "e", "fi", "red", "bag", "bags", "light", "lantern", "un", "known", "K", "T",
         "GA", "TM",
         "1", "2", "A", "N", "Z", "X", "(", "c", ")", "\u30ac", "\u6771", "\u4eac", "\u00fc", "s", "r", "d", "g",
         "l", "i",
         "t", "n", "h", "o", "w", "k", "m", "\u0301", "<", ">", "/", ".", ",", "\u2044", "bb", "ss", "tt", "R"]
PARTS = WORDS + ["<mask>", "<s>", "[MASK]", "[CLS]", "MASK", " ", "  ", "\t", "\n", "\r\n", "\u3000", "\u00a0",
                 "\u0301", "\u200d",
                 "\u00a9", "\u00a9\u200d\u2122", "\u0915\u094d\u0924\u0301", "\u0924\u0301", "\u1100\uac00\u0301",
                 "\u0600a", "\u00e9",
                 "e\u0301", "\ufb01", "\u00bd", "\uff21", "\u2460", "\uff76\uff9e", "\U0001f1e6\U0001f1e7",
                 "\U0001f3fb", "\u302e\u08d4",
                 "\U0001d15e\U0001d165", "\ud55c\uae00", "\u0130", "\u03a3", "\u00c4", "\u2028", "\u00ad", "\u200b",
                 "\ufffd",
                 "\u1734", "\U0002b820", "\U0002b920", "\uf900", "\u2260", "\u037e", "\u1fef", "\u0378", "!",
                 "don't", "x" * 101,
                 "\u4e00", "\u0e33", "RED", "Lanterns", "\u00dcber", "##s", "[", "]", "\u0085", "\u000b", "\0"]


def charsmap():
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/rules.tsv", "w") as file:
            for key, result in RULES:
                file.write(" ".join(f"{ord(c):X}" for c in key) + "\t" + " ".join(f"{ord(c):X}" for c in result) + "\n")
        with open(folder + "/corpus", "w") as file:
            file.write("\n".join(" ".join(random.sample(WORDS[:12], 5)) for _ in range(200)))
        sentencepiece.SentencePieceTrainer.train(
            input=folder + "/corpus", model_prefix=folder + "/m", model_type="unigram", vocab_size=40, minloglevel=2,
            hard_vocab_limit=False, normalization_rule_tsv=folder + "/rules.tsv")
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString(open(folder + "/m.model", "rb").read())
    return base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode()


def added(token, content, **flags):
    return {"id": token, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False,
            "special": True, **flags}


def template(opening, closing):
    specials = {name: {"id": name, "ids": [token], "tokens": [name]} for name, token in (opening, closing)}
    single = [{"SpecialToken": {"id": opening[0], "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
              {"SpecialToken": {"id": closing[0], "type_id": 0}}]
    return {"type": "TemplateProcessing", "single": single, "pair": single + [{"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": specials}


def bert(post=None, **settings):
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    for word in WORDS + ["\u0131", "i\u0307", "\u03c3", "\u00e4", "\u1112\u1161\u11ab", "\u1100\u1173\u11af", "=",
                         ";", "`", "!", "'", "[", "]",
                         "#", "don", "Lantern", "RED", "\u4e00", "\U0002b920", "\u8c48", "\u08d4\u302e",
                         "\U0001d157\U0001d165\U0001d165", "uber",
                         "\u0378", "\u00c4", "-"]:
        for piece in (word, "##" + word):
            if piece not in pieces:
                pieces.append(piece)
    special = [added(i, p) for i, p in enumerate(pieces[:5])]
    return {"version": "1.0", "truncation": {"max_length": 4, "strategy": "LongestFirst", "stride": 0}, "padding": None,
            "added_tokens": special, "normalizer": {"type": "BertNormalizer", **settings},
            "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": post or template(("[CLS]", 2), ("[SEP]",
                                                                                                             3)),
            "decoder": None, "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                                       "max_input_chars_per_word": 100, "vocab": {p: i for i, p in enumerate(pieces)}}}


def unigram(normalizer, pre_tokenizer, more=(), fallback=False, post=None):
    vocab = [["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], ["\u2581", -2.5]]
    for word in WORDS:
        for piece in (word, "\u2581" + word):
            if piece not in ("\u2581\u0301", "h", "o"):
                vocab.append([piece, round(-1 - random.random() * 12, 3)])
    if fallback:
        vocab += [[f"<0x{byte:02X}>", -20.0] for byte in range(256)]
    tokens = [added(i, vocab[i][0]) for i in range(4)]
    tokens += [added(len(vocab) + i, content, **flags) for i, (content, flags) in enumerate(more)]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens, "normalizer": normalizer,
            "pre_tokenizer": pre_tokenizer, "post_processor": post or template(("<s>", 0), ("</s>", 2)),
            "decoder": None,
            "model": {"type": "Unigram", "unk_id": 3, "vocab": vocab, "byte_fallback": fallback}}


def replace(kind, pattern, content):
    return {"type": "Replace", "pattern": {kind: pattern}, "content": content}


def sequence(key, *parts):
    return {"type": "Sequence", key: list(parts)}


def metaspace(scheme, split):
    return {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": scheme, "split": split}


def tokenizers():
    mapped = {"type": "Precompiled", "precompiled_charsmap": charsmap()}
    mask = ("<mask>", {"lstrip": True})
    old = {"type": "Metaspace", "replacement": "\u2581", "str_rep": "\u2581", "add_prefix_space": True}
    full = {"clean_text": True, "handle_chinese_chars": True}
    return {
        "uncased": bert(strip_accents=None, lowercase=True, **full),
        "cased": bert({"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}, strip_accents=None,
                      lowercase=False, **full),
        "accents": bert(strip_accents=False, lowercase=True, clean_text=False, handle_chinese_chars=False),
        "xlm": unigram(mapped, sequence("pretokenizers", {"type": "WhitespaceSplit"}, old), [mask]),
        "bytes": unigram(mapped, metaspace("first", False), [mask], True, {
            "type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True,
            "add_prefix_space": True}),
        "steps": unigram(
            sequence("normalizers", {"type": "Strip", "strip_left": True, "strip_right": True}, replace("Regex",
                                                                                                        " {2,}", " "),
                     mapped, {"type": "Lowercase"}, replace("String", "red", "bag "), {"type": "Prepend",
                                                                                       "prepend": "un"}),
            metaspace("always", True),
            [("MASK", {"normalized": True, "special": False}), ("[CLS]", {"rstrip": True}), ("<mask>",
                                                                                             {"lstrip": True,
                                                                                              "rstrip": True})]),
    }


def texts():
    yield ""
    yield " "
    for _ in range(TEXTS - 2):
        yield "".join(random.choice(PARTS) + random.choice(["", "", " "]) for _ in range(random.randrange(1, 14)))


def literal(name, value):
    text = json.dumps(value, separators=(",", ":"))
    lines = [text[i:i + 112] for i in range(0, len(text), 112)]
    return f'  static let {name} = #"""\n' + "\\#\n".join("    " + line for line in lines) + '\n    """#'


def main():
    members = []
    names = []
    for name, file in tokenizers().items():
        reference = Tokenizer.from_str(json.dumps(file))
        reference.no_truncation()
        cases = [[text, reference.encode(text).ids] for text in texts()]
        members += [literal(name, file), literal(name + "Cases", cases)]
        names.append(f'("{name}", {name}, {name}Cases)')
    print("// Written by tools/tokenizer_cases.py.\n\n/// Small tokenizers with texts and the tokens that the reference makes of"
          " them, as JSON.\nenum TokenizerCases {")
    print("  static let all = [\n    " + ",\n    ".join(names) + ",\n  ]\n")
    print("\n\n".join(members) + "\n}")


main()
