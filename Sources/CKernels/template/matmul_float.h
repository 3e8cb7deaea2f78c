// Products with weights kept as numbers (FB_F32, FB_F16, FB_BF16).
//
// y[row][output] = sum over inputs, ascending, one fused multiply-add each. A lane is an output, so the sum of an
// output has one order whatever the number of rows, tiles or threads.

/// Outputs of a tile: the last tile of a matrix may have fewer than 16.
FB_INLINE int32_t fb_lanes(const fb_matmul *job, int32_t tile) {
    int32_t left = job->outputs - tile * FB_TILE;
    return left < FB_TILE ? left : FB_TILE;
}

FB_INLINE v16f fb_load_tile(const fb_matmul *job, int32_t tile, const float *y) {
    int32_t lanes = fb_lanes(job, tile);
    if (lanes == FB_TILE) return fb_load(y);
    float some[FB_TILE] = {0};
    memcpy(some, y, sizeof(float) * (size_t)lanes);
    return fb_load(some);
}

FB_INLINE void fb_store_lanes(const fb_matmul *job, int32_t tile, float *y, v16f sum) {
    int32_t lanes = fb_lanes(job, tile);
    if (lanes == FB_TILE) {
        fb_store(y, sum);
    } else {
        memcpy(y, &sum, sizeof(float) * (size_t)lanes);
    }
}

FB_INLINE void fb_store_tile(const fb_matmul *job, int32_t tile, int32_t row, v16f sum) {
    float *y = job->y + (size_t)job->y_rows[row] * job->y_stride + (size_t)tile * FB_TILE;
    fb_store_lanes(job, tile, y, sum);
}

#define FB_FLOAT_BLOCK(NAME, LOAD, BYTES)                                                                         \
    FB_INLINE void NAME##_block(const fb_matmul *job, int32_t tile, const int tiles, int32_t row, const int rows) { \
        v16f sum[4][8];                                                                                           \
        const float *x[8];                                                                                        \
        const uint8_t *w = (const uint8_t *)job->weights + (size_t)tile * job->tile_bytes;                        \
        FB_UNROLL for (int r = 0; r < rows; r++) {                                                                \
            x[r] = job->x + (size_t)job->x_rows[row + r] * job->x_stride;                                           \
            FB_UNROLL for (int t = 0; t < tiles; t++) sum[t][r] = fb_splat(0);                                    \
        }                                                                                                         \
        for (int32_t k = 0; k < job->inputs; k++) {                                                               \
            FB_UNROLL for (int t = 0; t < tiles; t++) {                                                           \
                v16f weight = LOAD(w + (size_t)t * job->tile_bytes + (size_t)k * (FB_TILE * BYTES));              \
                FB_UNROLL for (int r = 0; r < rows; r++) sum[t][r] = fb_fma(weight, fb_splat(x[r][k]), sum[t][r]); \
            }                                                                                                     \
        }                                                                                                         \
        FB_UNROLL for (int t = 0; t < tiles; t++) {                                                               \
            FB_UNROLL for (int r = 0; r < rows; r++) fb_store_tile(job, tile + t, row + r, sum[t][r]);            \
        }                                                                                                         \
    }

FB_FLOAT_BLOCK(fb_f32, fb_load, 4)
FB_FLOAT_BLOCK(fb_f16, fb_load_half, 2)
FB_FLOAT_BLOCK(fb_bf16, fb_load_bfloat, 2)

/// All rows of some tiles. Several tiles at once where rows are few, since one chain of dependent additions would leave
/// the multipliers idle; eight rows at once where they are many, since a ninth would spill registers.
#define FB_FLOAT_MATMUL(NAME)                                                                      \
    static void NAME(const fb_matmul *job, int32_t begin, int32_t end) {                           \
        for (int32_t tile = begin; tile < end; tile += 4) {                                        \
            int32_t row = 0, stop = end - tile < 4 ? end : tile + 4;                               \
            for (; row + 8 <= job->row_count; row += 8)                                            \
                for (int32_t t = tile; t < stop; t++) NAME##_block(job, t, 1, row, 8);             \
            for (; row + 4 <= job->row_count; row += 4)                                            \
                for (int32_t t = tile; t < stop; t++) NAME##_block(job, t, 1, row, 4);             \
            for (; row < job->row_count; row++) {                                                  \
                if (stop - tile == 4) {                                                            \
                    NAME##_block(job, tile, 4, row, 1);                                            \
                } else {                                                                           \
                    for (int32_t t = tile; t < stop; t++) NAME##_block(job, t, 1, row, 1);         \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }

FB_FLOAT_MATMUL(fb_f32)
FB_FLOAT_MATMUL(fb_f16)
FB_FLOAT_MATMUL(fb_bf16)
