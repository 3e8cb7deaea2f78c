#include "include/CSHA256.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

/// The first 32 bits of the fractions of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turned(uint32_t word, int bits) {
    return word >> bits | word << (32 - bits);
}

void fusebox_sha256_portable(uint32_t *state, const uint8_t *bytes, size_t blocks) {
    for (; blocks > 0; blocks--, bytes += 64) {
        uint32_t w[64];
        for (int t = 0; t < 16; t++) {
            uint32_t word;
            memcpy(&word, bytes + 4 * t, 4);
            w[t] = __builtin_bswap32(word);
        }
        for (int t = 16; t < 64; t++) {
            uint32_t s0 = turned(w[t - 15], 7) ^ turned(w[t - 15], 18) ^ w[t - 15] >> 3;
            uint32_t s1 = turned(w[t - 2], 17) ^ turned(w[t - 2], 19) ^ w[t - 2] >> 10;
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
        for (int t = 0; t < 64; t++) {
            uint32_t s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
            uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + constants[t] + w[t];
            uint32_t s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
            uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + t1;
            d = c, c = b, b = a, a = t1 + t2;
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d;
        state[4] += e, state[5] += f, state[6] += g, state[7] += h;
    }
}

#if defined(__x86_64__)
/// With the processor's SHA extensions, whose registers hold a, b, e, f and c, d, g, h from the highest lane down.
__attribute__((target("sha,sse4.1"))) static void extended(uint32_t *state, const uint8_t *bytes, size_t blocks) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    const __m128i *k = (const __m128i *)constants;
    __m128i low = _mm_loadu_si128((const __m128i *)state), high = _mm_loadu_si128((const __m128i *)(state + 4));
    __m128i abef = _mm_shuffle_epi32(_mm_unpacklo_epi64(low, high), 0x1b);
    __m128i cdgh = _mm_shuffle_epi32(_mm_unpackhi_epi64(low, high), 0x1b);
    for (; blocks > 0; blocks--, bytes += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4];
#pragma clang loop unroll(full)
        for (int r = 0; r < 16; r++) {
            if (r < 4) {
                w[r] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes + r), swap);
            } else {
                __m128i back7 = _mm_alignr_epi8(w[(r + 3) % 4], w[(r + 2) % 4], 4);
                __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[r % 4], w[(r + 1) % 4]), back7);
                w[r % 4] = _mm_sha256msg2_epu32(sum, w[(r + 3) % 4]);
            }
            __m128i words = _mm_add_epi32(w[r % 4], k[r]);
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, words);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(words, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    abef = _mm_shuffle_epi32(abef, 0x1b);
    cdgh = _mm_shuffle_epi32(cdgh, 0x1b);
    _mm_storeu_si128((__m128i *)state, _mm_unpacklo_epi64(abef, cdgh));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_unpackhi_epi64(abef, cdgh));
}
#endif

fusebox_sha256_blocks fusebox_sha256_best(void) {
#if defined(__x86_64__)
    uint32_t a, b, c, d;
    if (__get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1) && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA)) return extended;
#endif
    return fusebox_sha256_portable;
}

fusebox_sha256 fusebox_sha256_begin(void) {
    return (fusebox_sha256){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
    };
}

void fusebox_sha256_update(fusebox_sha256 *hash, const void *bytes, size_t count) {
    if (count == 0) return;
    fusebox_sha256_blocks take = fusebox_sha256_best();
    const uint8_t *next = bytes;
    size_t waiting = hash->length % 64;
    hash->length += count;
    if (waiting > 0) {
        size_t part = count < 64 - waiting ? count : 64 - waiting;
        memcpy(hash->block + waiting, next, part);
        if (waiting + part < 64) return;
        take(hash->state, hash->block, 1);
        next += part, count -= part;
    }
    take(hash->state, next, count / 64);
    memcpy(hash->block, next + count / 64 * 64, count % 64);
}

void fusebox_sha256_finish(fusebox_sha256 *hash) {
    static const uint8_t padding[64] = {0x80};
    uint64_t bits = __builtin_bswap64(hash->length * 8);
    fusebox_sha256_update(hash, padding, 1 + (119 - hash->length % 64) % 64);
    fusebox_sha256_update(hash, &bits, 8);
}
