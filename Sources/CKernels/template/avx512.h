// What the sets of AVX-512 have in common: one instruction adds four byte products to each of 16 sums.
#include "vector.h"

typedef v64b FB_WEIGHTS;
#define FB_PREPARE(bytes) (bytes)
#define FB_DOT(sum, weights, activations) ((v16i)_mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(weights), _mm512_set1_epi32(activations)))
#define FB_NEAREST(x) ((v16i)_mm512_cvtps_epi32((__m512)(x)))
/// Queries that share a pass over keys and values: as many as there are registers for, 16 at most.
#define FB_QUERIES 16
/// Ranks and rows of a shrink that share a pass.
#define FB_SHRINK_RANKS 8
#define FB_SHRINK_ROWS 3
#define FB_LOOK_UP(table, codes) ((v64b)_mm512_shuffle_epi8((__m512i)(table), (__m512i)(codes)))

#include "pairs.h"
#include "beside.h"
#include "matmul_float.h"
#include "matmul_integer.h"
#include "layers.h"
#include "gradients.h"
#include "attention.h"
#include "adapters.h"
#include "projection.h"
