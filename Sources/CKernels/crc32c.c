// CRC-32C (polynomial 0x1EDC6F41, bit-reflected 0x82F63B78): processor instructions where there are any,
// tables elsewhere.
#include <pthread.h>
#include <string.h>

#include "ckernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#if defined(__linux__)
#include <sys/auxv.h>
#ifndef HWCAP_CRC32
#define HWCAP_CRC32 (1 << 7)
#endif
#endif
#endif

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "crc32c.c loads words as little-endian"
#endif

typedef uint32_t (*crc_function)(uint32_t crc, const unsigned char *bytes, size_t size);

static inline uint64_t load_u64(const unsigned char *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

// --- Tables: eight bytes per step. slice[n][b] is the register b after n + 1 bytes of which only the
// first was not zero. 8 KB, filled once.

static uint32_t slice[8][256];
static pthread_once_t slice_once = PTHREAD_ONCE_INIT;

static void fill_slice(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1u) ? 0x82f63b78u : 0u);
    slice[0][byte] = crc;
  }
  for (int n = 1; n < 8; n++) {
    for (uint32_t byte = 0; byte < 256; byte++) {
      const uint32_t crc = slice[n - 1][byte];
      slice[n][byte] = (crc >> 8) ^ slice[0][crc & 0xffu];
    }
  }
}

static uint32_t crc_tables(uint32_t crc, const unsigned char *bytes, size_t size) {
  while (size >= 8) {
    const uint64_t word = load_u64(bytes) ^ crc;
    crc = slice[7][word & 0xff] ^ slice[6][(word >> 8) & 0xff] ^ slice[5][(word >> 16) & 0xff] ^
          slice[4][(word >> 24) & 0xff] ^ slice[3][(word >> 32) & 0xff] ^ slice[2][(word >> 40) & 0xff] ^
          slice[1][(word >> 48) & 0xff] ^ slice[0][word >> 56];
    bytes += 8;
    size -= 8;
  }
  while (size > 0) {
    crc = (crc >> 8) ^ slice[0][(crc ^ *bytes) & 0xffu];
    bytes++;
    size--;
  }
  return crc;
}

uint32_t kindred_crc32c_portable(uint32_t crc, const void *bytes, size_t size) {
  pthread_once(&slice_once, fill_slice);
  return ~crc_tables(~crc, bytes, size);
}

// --- x86-64: the crc32 instruction takes 8 bytes with a latency of 3 cycles but starts every cycle, so
// three stretches of `words` words each are summed at once and then joined. Joining multiplies a
// register by x^(64 n), n words of zeros: a carry-less product with shift_factor[n] = x^(64 n - 33), put
// through the instruction itself, which multiplies by x^33 (32 of its own, 1 from the bit-reflected
// product) and reduces.

#if defined(__x86_64__)
#define SSE42 __attribute__((target("sse4.2,pclmul")))
#define STRETCH_WORDS 128

static uint32_t shift_factor[2 * STRETCH_WORDS + 1];

SSE42 static void fill_shift_factor(void) {
  uint32_t factor = 1;  // x^31, bit-reflected: n = 1.
  for (int n = 1; n <= 2 * STRETCH_WORDS; n++) {
    shift_factor[n] = factor;
    factor = (uint32_t)_mm_crc32_u64(factor, 0);
  }
}

SSE42 static inline uint64_t shifted(uint64_t crc, size_t words) {
  const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)crc),
                                               _mm_cvtsi64_si128((long long)shift_factor[words]), 0);
  return (uint64_t)_mm_cvtsi128_si64(product);
}

SSE42 static uint32_t crc_sse42(uint32_t start, const unsigned char *bytes, size_t size) {
  uint64_t crc = start;
  while (size >= 24 * 4) {
    const size_t words = size / 24 < STRETCH_WORDS ? size / 24 : STRETCH_WORDS;
    const unsigned char *second = bytes + 8 * words, *third = second + 8 * words;
    uint64_t crc2 = 0, crc3 = 0;
    for (size_t i = 0; i + 1 < words; i++) {
      crc = _mm_crc32_u64(crc, load_u64(bytes + 8 * i));
      crc2 = _mm_crc32_u64(crc2, load_u64(second + 8 * i));
      crc3 = _mm_crc32_u64(crc3, load_u64(third + 8 * i));
    }
    crc = _mm_crc32_u64(crc, load_u64(second - 8));
    crc2 = _mm_crc32_u64(crc2, load_u64(third - 8));
    // The products join with the last word, whose own step carries out the multiplication by x^32.
    const uint64_t last = load_u64(third + 8 * words - 8);
    crc = _mm_crc32_u64(crc3, last ^ shifted(crc, 2 * words) ^ shifted(crc2, words));
    bytes += 24 * words;
    size -= 24 * words;
  }
  for (; size >= 8; bytes += 8, size -= 8) crc = _mm_crc32_u64(crc, load_u64(bytes));
  for (; size > 0; bytes++, size--) crc = _mm_crc32_u8((uint32_t)crc, *bytes);
  return (uint32_t)crc;
}
#endif

#if defined(__aarch64__)
#define ARM_CRC __attribute__((target("crc")))

ARM_CRC static uint32_t crc_arm(uint32_t crc, const unsigned char *bytes, size_t size) {
  for (; size >= 8; bytes += 8, size -= 8) crc = __crc32cd(crc, load_u64(bytes));
  for (; size > 0; bytes++, size--) crc = __crc32cb(crc, *bytes);
  return crc;
}
#endif

// --- The choice, made once.

static crc_function chosen;
static pthread_once_t chosen_once = PTHREAD_ONCE_INIT;

static void choose(void) {
  crc_function best = NULL;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul")) {
    fill_shift_factor();
    best = crc_sse42;
  }
#elif defined(__aarch64__) && defined(__APPLE__)
  best = crc_arm;
#elif defined(__aarch64__) && defined(__linux__)
  if ((getauxval(AT_HWCAP) & HWCAP_CRC32) != 0) best = crc_arm;
#endif
  if (best == NULL) {
    pthread_once(&slice_once, fill_slice);
    best = crc_tables;
  }
  __atomic_store_n(&chosen, best, __ATOMIC_RELEASE);
}

static crc_function chosen_function(void) {
  crc_function function = __atomic_load_n(&chosen, __ATOMIC_ACQUIRE);
  if (function == NULL) {
    pthread_once(&chosen_once, choose);
    function = __atomic_load_n(&chosen, __ATOMIC_ACQUIRE);
  }
  return function;
}

uint32_t kindred_crc32c(uint32_t crc, const void *bytes, size_t size) { return ~chosen_function()(~crc, bytes, size); }

const char *kindred_crc32c_arm(void) {
  const crc_function function = chosen_function();
#if defined(__x86_64__)
  if (function == crc_sse42) return "sse4.2";
#elif defined(__aarch64__)
  if (function == crc_arm) return "arm";
#endif
  return function == crc_tables ? "tables" : "unknown";
}
