// AVX2 with FMA and F16C. Byte products go through 16-bit pairs: vpmaddubsw would saturate.
#include "sets.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("prfchw,avx2,fma,f16c"))), apply_to = function)
#include "template/vector.h"

/// 16 outputs x 4 inputs: inputs 0 and 2 as words, inputs 1 and 3 as words, for each half of the outputs.
typedef struct {
    __m256i even[2], odd[2];
} FB_WEIGHTS;
#define FB_PREPARE fb_prepare
#define FB_DOT fb_dot
/// Queries that share a pass over keys and values: as many as there are registers for, 16 at most.
#define FB_QUERIES 4
/// Ranks and rows of a shrink that share a pass.
#define FB_SHRINK_RANKS 4
#define FB_SHRINK_ROWS 2
#define FB_LOOK_UP fb_look_up

FB_INLINE FB_WEIGHTS fb_prepare(v64b bytes) {
    FB_WEIGHTS out;
    __m256i half[2], mask = _mm256_set1_epi16(0xFF);
    memcpy(half, &bytes, sizeof half);
    for (int i = 0; i < 2; i++) {
        out.even[i] = _mm256_and_si256(half[i], mask);
        out.odd[i] = _mm256_srli_epi16(half[i], 8);
    }
    return out;
}

FB_INLINE v16i fb_dot(v16i sum, FB_WEIGHTS weights, int32_t activations) {
    __m256i a = _mm256_set1_epi32(activations), part[2];
    __m256i even = _mm256_srai_epi16(_mm256_slli_epi16(a, 8), 8), odd = _mm256_srai_epi16(a, 8);
    memcpy(part, &sum, sizeof part);
    for (int i = 0; i < 2; i++) {
        part[i] = _mm256_add_epi32(part[i], _mm256_madd_epi16(weights.even[i], even));
        part[i] = _mm256_add_epi32(part[i], _mm256_madd_epi16(weights.odd[i], odd));
    }
    memcpy(&sum, part, sizeof part);
    return sum;
}

FB_INLINE v64b fb_look_up(v64b table, v64b codes) {
    __m256i half, index[2];
    memcpy(&half, &table, sizeof half);
    memcpy(index, &codes, sizeof index);
    for (int i = 0; i < 2; i++) index[i] = _mm256_shuffle_epi8(half, index[i]);
    memcpy(&codes, index, sizeof codes);
    return codes;
}

#include "template/pairs.h"
#include "template/beside.h"
#include "template/matmul_float.h"
#include "template/matmul_integer.h"
#include "template/layers.h"
#include "template/gradients.h"
#include "template/attention.h"
#include "template/adapters.h"
#include "template/projection.h"
#pragma clang attribute pop

const fb_kernels fb_avx2 = FB_KERNELS("avx2");
#endif
