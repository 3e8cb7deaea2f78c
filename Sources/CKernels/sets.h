#pragma once

#include "CKernels.h"

extern const fb_kernels fb_scalar;
extern const fb_kernels fb_avx2;
extern const fb_kernels fb_avx512;
extern const fb_kernels fb_avx512_bf16;
