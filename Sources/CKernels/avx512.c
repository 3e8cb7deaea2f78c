// AVX-512 with VNNI.
#include "sets.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("prfchw,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,f16c"))), apply_to = function)
#include "template/avx512.h"
#pragma clang attribute pop

const fb_kernels fb_avx512 = FB_KERNELS("avx512_vnni");
#endif
