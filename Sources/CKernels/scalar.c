// The reference: plain loops for what the other sets do with instructions of their own.
#include "sets.h"

/// Without registers to keep sums in, loops laid out flat gain nothing and take the compiler long.
#define FB_UNROLL _Pragma("clang loop unroll(disable)")
#include "template/vector.h"

typedef v64b FB_WEIGHTS;
#define FB_PREPARE(bytes) (bytes)
#define FB_DOT fb_dot
/// Queries that share a pass over keys and values: as many as there are registers for, 16 at most.
#define FB_QUERIES 2
/// Ranks and rows of a shrink that share a pass.
#define FB_SHRINK_RANKS 4
#define FB_SHRINK_ROWS 1
#define FB_LOOK_UP fb_look_up

FB_INLINE v16i fb_dot(v16i sum, v64b weights, int32_t activations) {
    int8_t a[4];
    memcpy(a, &activations, sizeof a);
    for (int lane = 0; lane < 16; lane++) {
        for (int i = 0; i < 4; i++) sum[lane] += (int32_t)weights[4 * lane + i] * a[i];
    }
    return sum;
}

FB_INLINE v64b fb_look_up(v64b table, v64b codes) {
    for (int i = 0; i < 64; i++) codes[i] = table[codes[i]];
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

const fb_kernels fb_scalar = FB_KERNELS("scalar");
