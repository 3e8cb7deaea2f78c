// AVX-512 with VNNI and products of bfloat16.
#include "sets.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("prfchw,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,fma,f16c"))), apply_to = function)
#define FB_ADD_PAIRS(sum, a, b) ((v16f)_mm512_dpbf16_ps((__m512)(sum), (__m512bh)(a), (__m512bh)(b)))
#define FB_BFLOATS(v) ((v16s)_mm512_cvtneps_pbh((__m512)(v)))
#include "template/avx512.h"
#pragma clang attribute pop

const fb_kernels fb_avx512_bf16 = FB_KERNELS("avx512_bf16");
#endif
