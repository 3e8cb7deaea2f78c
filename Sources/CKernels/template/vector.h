// Vectors of 16 lanes in the compiler's own notation: one source serves every instruction set,
// and since each operation is exact or correctly rounded, every set gives the same bits.
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "CKernels.h"

typedef float v16f __attribute__((vector_size(64)));
typedef int32_t v16i __attribute__((vector_size(64)));
typedef uint32_t v16u __attribute__((vector_size(64)));
typedef uint8_t v64b __attribute__((vector_size(64)));
typedef _Float16 v16h __attribute__((vector_size(32)));
typedef uint16_t v16s __attribute__((vector_size(32)));

#define FB_INLINE static inline __attribute__((always_inline))
/// A function that stays one, wherever it is called.
#define FB_APART static __attribute__((noinline))
#ifndef FB_UNROLL
#define FB_UNROLL _Pragma("clang loop unroll(full)")
#endif

FB_INLINE v16f fb_splat(float value) {
    return (v16f){value, value, value, value, value, value, value, value, value, value, value, value, value, value, value, value};
}

FB_INLINE v16f fb_load(const void *from) {
    v16f v;
    memcpy(&v, from, sizeof v);
    return v;
}

FB_INLINE void fb_store(void *to, v16f v) {
    memcpy(to, &v, sizeof v);
}

FB_INLINE v16f fb_load_half(const void *from) {
    v16h v;
    memcpy(&v, from, sizeof v);
    return __builtin_convertvector(v, v16f);
}

/// All lanes at once: a single half is read into a register that something else may still be written to.
FB_INLINE v16f fb_splat_half(_Float16 value) {
    v16h v = {value, value, value, value, value, value, value, value, value, value, value, value, value, value, value, value};
    return __builtin_convertvector(v, v16f);
}

FB_INLINE v16f fb_load_bfloat(const void *from) {
    v16s v;
    memcpy(&v, from, sizeof v);
    return (v16f)(__builtin_convertvector(v, v16u) << 16);
}

/// To bfloat16, to the nearest, halves to even; numbers below 2^-126 become zeros.
FB_INLINE v16s fb_bfloats(v16f v) {
#ifdef FB_BFLOATS
    return FB_BFLOATS(v);
#else
    v16u bits = (v16u)v;
    v16u is_normal = (v16u)((bits & 0x7F800000u) != 0);
    v16u rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
    return __builtin_convertvector((rounded & is_normal) | (bits >> 16 & 0x8000), v16s);
#endif
}

FB_INLINE uint16_t fb_bfloat(float value) {
    return fb_bfloats(fb_splat(value))[0];
}

FB_INLINE v16f fb_fma(v16f a, v16f b, v16f c) {
    return __builtin_elementwise_fma(a, b, c);
}

FB_INLINE v16f fb_max(v16f a, v16f b) {
    v16i take = a > b;
    return (v16f)((take & (v16i)a) | (~take & (v16i)b));
}

typedef float v8f __attribute__((vector_size(32)));
typedef float v4f __attribute__((vector_size(16)));
typedef int32_t v8i __attribute__((vector_size(32)));
typedef int32_t v4i __attribute__((vector_size(16)));

FB_INLINE v8f fb_low8(v16f v) {
    return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
}

FB_INLINE v8f fb_high8(v16f v) {
    return __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
}

FB_INLINE v4f fb_low4(v8f v) {
    return __builtin_shufflevector(v, v, 0, 1, 2, 3);
}

FB_INLINE v4f fb_high4(v8f v) {
    return __builtin_shufflevector(v, v, 4, 5, 6, 7);
}

/// The sum of the lanes, by halves: the order is part of the determinism rule.
FB_INLINE float fb_sum(v16f v) {
    v8f eight = fb_low8(v) + fb_high8(v);
    v4f four = fb_low4(eight) + fb_high4(eight);
    float even = four[0] + four[2], odd = four[1] + four[3];
    return even + odd;
}

FB_INLINE float fb_largest(v16f v) {
    v8f a8 = fb_low8(v), b8 = fb_high8(v);
    v8i take8 = b8 > a8;
    v8f eight = (v8f)((take8 & (v8i)b8) | (~take8 & (v8i)a8));
    v4f a4 = fb_low4(eight), b4 = fb_high4(eight);
    v4i take4 = b4 > a4;
    v4f four = (v4f)((take4 & (v4i)b4) | (~take4 & (v4i)a4));
    float even = four[2] > four[0] ? four[2] : four[0], odd = four[3] > four[1] ? four[3] : four[1];
    return odd > even ? odd : even;
}

/// e^x by range reduction and a degree-6 Taylor polynomial: relative error below 3e-7 on [-87, 88]; 0 below.
FB_INLINE v16f fb_exp(v16f x) {
    v16i under = x < fb_splat(-87.0f);
    x = fb_max(x, fb_splat(-87.0f));
    v16i over = x > fb_splat(88.0f);
    x = (v16f)((over & (v16i)fb_splat(88.0f)) | (~over & (v16i)x));
    v16f n = fb_fma(x, fb_splat(1.44269504f), fb_splat(12582912.0f)) - fb_splat(12582912.0f);
    v16f r = fb_fma(n, fb_splat(-0.693359375f), x);
    r = fb_fma(n, fb_splat(2.12194440e-4f), r);
    v16f p = fb_splat(1.3888889e-3f);
    p = fb_fma(p, r, fb_splat(8.3333333e-3f));
    p = fb_fma(p, r, fb_splat(4.1666667e-2f));
    p = fb_fma(p, r, fb_splat(1.6666667e-1f));
    p = fb_fma(p, r, fb_splat(0.5f));
    p = fb_fma(p, r, fb_splat(1.0f));
    p = fb_fma(p, r, fb_splat(1.0f));
    v16i exponent = (__builtin_convertvector(n, v16i) + 127) << 23;
    return (v16f)(~under & (v16i)(p * (v16f)exponent));
}

/// cap tanh(x / cap) as cap - 2 cap / (1 + e^(2 x / cap)): off by at most 2e-7 cap.
FB_INLINE v16f fb_soft_cap(v16f x, float cap) {
    v16f power = fb_exp(x * fb_splat(2.0f / cap));
    return fb_splat(cap) - fb_splat(2.0f * cap) / (fb_splat(1.0f) + power);
}
