// Products of int8 activations with 4- and 8-bit weights. Weights are unsigned bytes u, activations signed bytes a:
//
//     sum_k scale_w (u_k - zero) scale_a a_k = scale_w scale_a (sum u a - zero sum a)        per block of 32 inputs
//
// The inner sums are exact integers; each block adds to its output by one fused multiply-add, blocks ascending.

FB_INLINE v64b fb_bytes(const uint8_t *from) {
    v64b v;
    memcpy(&v, from, sizeof v);
    return v;
}

/// Group `j` (inputs 4j..4j+3 of a block) of 16 outputs, as bytes; `table` is for formats whose nibbles name numbers.
FB_INLINE v64b fb_group8(v64b table, const uint8_t *block, int j) {
    (void)table;
    return fb_bytes(block + 64 * j);
}

FB_INLINE v64b fb_group4(v64b table, const uint8_t *block, int j) {
    (void)table;
    v64b v = fb_bytes(block + 64 * (j & 3));
    return j < 4 ? v & 15 : v >> 4;
}

FB_INLINE v64b fb_group_of_table(v64b table, const uint8_t *block, int j) {
    return FB_LOOK_UP(table, fb_group4(table, block, j));
}

FB_INLINE int32_t fb_activation(const int8_t *x, int j) {
    int32_t group;
    memcpy(&group, x + 4 * j, sizeof group);
    return group;
}

FB_INLINE v16i fb_isplat(int32_t value) {
    return (v16i){value, value, value, value, value, value, value, value, value, value, value, value, value, value, value, value};
}

/// A table of 16 bytes, once for each 16 lanes; zeros for none.
FB_INLINE v64b fb_table(const uint8_t *bytes) {
    v64b table = {0};
    for (int i = 0; bytes && i < 4; i++) memcpy((uint8_t *)&table + 16 * i, bytes, 16);
    return table;
}

_Static_assert(FB_NF4_ZERO == 128, "NF4 begins with what FB_U8 begins with");

/// A symmetric format: one scale a block of SCALE bytes, `ZERO` (128 or 8) the byte that means 0.
#define FB_SYMMETRIC_BLOCK(NAME, GROUP, BYTES, ZERO, LOAD, SCALE)                                                               \
    FB_INLINE void NAME##_block(                                                                                                \
        const fb_matmul *job, int32_t tile, int32_t row, const int rows, fb_ahead ahead, fb_beside beside                       \
    ) {                                                                                                                         \
        v16f sum[8];                                                                                                            \
        const int8_t *x[8];                                                                                                     \
        const float *scales[8];                                                                                                 \
        const int32_t *starts[8];                                                                                               \
        const v64b table = fb_table(job->table);                                                                                \
        const uint8_t *w = (const uint8_t *)job->weights + (size_t)tile * job->tile_bytes;                                      \
        FB_UNROLL for (int r = 0; r < rows; r++) {                                                                              \
            size_t at = (size_t)job->x_rows[row + r] * job->xq_stride;                                                          \
            x[r] = job->xq.codes + at;                                                                                          \
            scales[r] = job->xq.scales + at / 32;                                                                               \
            starts[r] = job->xq.starts + at / 16 + (ZERO == 128 ? 0 : 1);                                                       \
            sum[r] = fb_splat(0);                                                                                               \
        }                                                                                                                       \
        for (int32_t block = 0; block < job->inputs / 32; block++, w += BYTES + SCALE) {                                        \
            fb_do_beside(&ahead, beside, rows);                                                                                 \
            v16i dot[8];                                                                                                        \
            FB_UNROLL for (int r = 0; r < rows; r++) dot[r] = fb_isplat(starts[r][2 * block]);                                  \
            FB_UNROLL for (int j = 0; j < 8; j++) {                                                                             \
                FB_WEIGHTS weights = FB_PREPARE(GROUP(table, w, j));                                                            \
                FB_UNROLL for (int r = 0; r < rows; r++) dot[r] = FB_DOT(dot[r], weights, fb_activation(x[r] + 32 * block, j)); \
            }                                                                                                                   \
            v16f scale = LOAD(w + BYTES);                                                                                       \
            FB_UNROLL for (int r = 0; r < rows; r++) {                                                                          \
                sum[r] = fb_fma(__builtin_convertvector(dot[r], v16f), scale * fb_splat(scales[r][block]), sum[r]);             \
            }                                                                                                                   \
        }                                                                                                                       \
        FB_UNROLL for (int r = 0; r < rows; r++) fb_store_tile(job, tile, row + r, sum[r]);                                     \
    }

/// A format with a scale and a minimum a block, of SCALE bytes each: value = scale u - minimum.
#define FB_MINIMUM_BLOCK(NAME, GROUP, BYTES, LOAD, SCALE)                                                  \
    FB_INLINE void NAME##_block(                                                                           \
        const fb_matmul *job, int32_t tile, int32_t row, const int rows, fb_ahead ahead, fb_beside beside  \
    ) {                                                                                                    \
        v16f sum[8];                                                                                       \
        const v64b table = {0};                                                                            \
        const uint8_t *w = (const uint8_t *)job->weights + (size_t)tile * job->tile_bytes;                 \
        FB_UNROLL for (int r = 0; r < rows; r++) sum[r] = fb_splat(0);                                     \
        for (int32_t block = 0; block < job->inputs / 32; block++, w += BYTES + 2 * SCALE) {               \
            fb_do_beside(&ahead, beside, rows);                                                            \
            v16i dot[8];                                                                                   \
            FB_UNROLL for (int r = 0; r < rows; r++) dot[r] = fb_isplat(0);                                \
            FB_UNROLL for (int j = 0; j < 8; j++) {                                                        \
                FB_WEIGHTS weights = FB_PREPARE(GROUP(table, w, j));                                       \
                FB_UNROLL for (int r = 0; r < rows; r++) {                                                 \
                    const int8_t *x = job->xq.codes + (size_t)job->x_rows[row + r] * job->xq_stride;       \
                    dot[r] = FB_DOT(dot[r], weights, fb_activation(x + 32 * block, j));                    \
                }                                                                                          \
            }                                                                                              \
            v16f scale = LOAD(w + BYTES), minimum = LOAD(w + BYTES + SCALE);                               \
            FB_UNROLL for (int r = 0; r < rows; r++) {                                                     \
                size_t at = (size_t)job->x_rows[row + r] * job->xq_stride / 32 + (size_t)block;            \
                float x_scale = job->xq.scales[at];                                                        \
                float x_sum = x_scale * (float)(job->xq.sums[2 * at] + job->xq.sums[2 * at + 1]);          \
                sum[r] = fb_fma(__builtin_convertvector(dot[r], v16f), scale * fb_splat(x_scale), sum[r]); \
                sum[r] = fb_fma(minimum, fb_splat(-x_sum), sum[r]);                                        \
            }                                                                                              \
        }                                                                                                  \
        FB_UNROLL for (int r = 0; r < rows; r++) fb_store_tile(job, tile, row + r, sum[r]);                \
    }

/// Two scales a block, of 16 inputs each, `ZERO` the byte that means 0; MINIMUMS is 1 where two minima follow, else 0.
#define FB_TWO_SCALES_BLOCK(NAME, GROUP, BYTES, ZERO, MINIMUMS)                                                \
    FB_INLINE void NAME##_block(                                                                               \
        const fb_matmul *job, int32_t tile, int32_t row, const int rows, fb_ahead ahead, fb_beside beside      \
    ) {                                                                                                        \
        v16f sum[8];                                                                                           \
        const v64b table = fb_table(job->table);                                                               \
        const uint8_t *w = (const uint8_t *)job->weights + (size_t)tile * job->tile_bytes;                     \
        FB_UNROLL for (int r = 0; r < rows; r++) sum[r] = fb_splat(0);                                         \
        for (int32_t block = 0; block < job->inputs / 32; block++, w += BYTES + 128 + 128 * MINIMUMS) {        \
            fb_do_beside(&ahead, beside, rows);                                                                \
            FB_UNROLL for (int half = 0; half < 2; half++) {                                                   \
                v16i dot[8];                                                                                   \
                FB_UNROLL for (int r = 0; r < rows; r++) {                                                     \
                    size_t at = (size_t)job->x_rows[row + r] * job->xq_stride / 32 + (size_t)block;            \
                    dot[r] = fb_isplat(-ZERO * job->xq.sums[2 * at + (size_t)half]);                           \
                }                                                                                              \
                FB_UNROLL for (int j = 4 * half; j < 4 * half + 4; j++) {                                      \
                    FB_WEIGHTS weights = FB_PREPARE(GROUP(table, w, j));                                       \
                    FB_UNROLL for (int r = 0; r < rows; r++) {                                                 \
                        const int8_t *x = job->xq.codes + (size_t)job->x_rows[row + r] * job->xq_stride;       \
                        dot[r] = FB_DOT(dot[r], weights, fb_activation(x + 32 * block, j));                    \
                    }                                                                                          \
                }                                                                                              \
                v16f scale = fb_load(w + BYTES + 64 * half);                                                   \
                FB_UNROLL for (int r = 0; r < rows; r++) {                                                     \
                    size_t at = (size_t)job->x_rows[row + r] * job->xq_stride / 32 + (size_t)block;            \
                    float x_scale = job->xq.scales[at];                                                        \
                    sum[r] = fb_fma(__builtin_convertvector(dot[r], v16f), scale * fb_splat(x_scale), sum[r]); \
                    if (MINIMUMS) {                                                                            \
                        float x_sum = x_scale * (float)job->xq.sums[2 * at + (size_t)half];                    \
                        sum[r] = fb_fma(fb_load(w + BYTES + 128 + 64 * half), fb_splat(-x_sum), sum[r]);       \
                    }                                                                                          \
                }                                                                                              \
            }                                                                                                  \
        }                                                                                                      \
        FB_UNROLL for (int r = 0; r < rows; r++) fb_store_tile(job, tile, row + r, sum[r]);                    \
    }

FB_SYMMETRIC_BLOCK(fb_u8, fb_group8, 512, 128, fb_load_half, 32)
FB_SYMMETRIC_BLOCK(fb_u4, fb_group4, 256, 8, fb_load_half, 32)
FB_SYMMETRIC_BLOCK(fb_u4_table, fb_group_of_table, 256, 128, fb_load, 64)
FB_MINIMUM_BLOCK(fb_u8_min, fb_group8, 512, fb_load, 64)
FB_MINIMUM_BLOCK(fb_u4_min, fb_group4, 256, fb_load, 64)
FB_MINIMUM_BLOCK(fb_u4_half_min, fb_group4, 256, fb_load_half, 32)
FB_TWO_SCALES_BLOCK(fb_u8_two, fb_group8, 512, 32, 0)
FB_TWO_SCALES_BLOCK(fb_u4_table_two, fb_group_of_table, 256, 128, 0)
FB_TWO_SCALES_BLOCK(fb_u4_two_min, fb_group4, 256, 0, 1)

/// NF4: the codes of 64 inputs stand for bytes of a table, so that they take part in integer products as well.
FB_INLINE void fb_nf4_block(const fb_matmul *job, int32_t tile, int32_t row, const int rows, fb_ahead ahead, fb_beside beside) {
    v16f sum[8];
    const v64b table = fb_table(fb_nf4_bytes);
    const uint8_t *w = (const uint8_t *)job->weights + (size_t)tile * job->tile_bytes;
    FB_UNROLL for (int r = 0; r < rows; r++) sum[r] = fb_splat(0);
    for (int32_t block = 0; block < job->inputs / 32; block += 2, w += 512 + 64) {
        v16f scale = fb_load(w + 512) * fb_splat(1.0f / FB_NF4_UNIT);
        FB_UNROLL for (int half = 0; half < 2; half++) {
            fb_do_beside(&ahead, beside, rows);
            v16i dot[8];
            FB_UNROLL for (int r = 0; r < rows; r++) {
                size_t at = (size_t)job->x_rows[row + r] * job->xq_stride / 32 + (size_t)(block + half);
                dot[r] = fb_isplat(job->xq.starts[2 * at]);
            }
            FB_UNROLL for (int j = 0; j < 8; j++) {
                FB_WEIGHTS weights = FB_PREPARE(fb_group_of_table(table, w + 256 * half, j));
                FB_UNROLL for (int r = 0; r < rows; r++) {
                    const int8_t *x = job->xq.codes + (size_t)job->x_rows[row + r] * job->xq_stride;
                    dot[r] = FB_DOT(dot[r], weights, fb_activation(x + 32 * (block + half), j));
                }
            }
            FB_UNROLL for (int r = 0; r < rows; r++) {
                float x_scale = job->xq.scales[(size_t)job->x_rows[row + r] * job->xq_stride / 32 + (size_t)(block + half)];
                sum[r] = fb_fma(__builtin_convertvector(dot[r], v16f), scale * fb_splat(x_scale), sum[r]);
            }
        }
    }
    FB_UNROLL for (int r = 0; r < rows; r++) fb_store_tile(job, tile, row + r, sum[r]);
}

/// Claims where the sums of a pass will go, while the pass runs: the lines have left the caches or are another processor's.
FB_INLINE void fb_claim_sums(const fb_matmul *job, int32_t tile, int32_t row, int32_t rows) {
    float *y = job->y + (size_t)tile * FB_TILE;
    for (int32_t r = row; r < row + rows; r++) __builtin_prefetch(y + (size_t)job->y_rows[r] * job->y_stride, 1, 3);
}

typedef void (*fb_pass)(const fb_matmul *job, int32_t tile, int32_t row, fb_ahead ahead, fb_beside beside);

#define FB_PASS(NAME, ROWS)                                                                                        \
    static void NAME##_##ROWS(const fb_matmul *job, int32_t tile, int32_t row, fb_ahead ahead, fb_beside beside) { \
        NAME##_block(job, tile, row, ROWS, ahead, beside);                                                         \
    }

/// All rows of some tiles, in as few passes as eight rows at most allow and as even ones: a pass of one row takes half as
/// long as one of eight.
#define FB_INTEGER_MATMUL(NAME)                                                                          \
    FB_PASS(NAME, 1) FB_PASS(NAME, 2) FB_PASS(NAME, 3) FB_PASS(NAME, 4)                                  \
    FB_PASS(NAME, 5) FB_PASS(NAME, 6) FB_PASS(NAME, 7) FB_PASS(NAME, 8)                                  \
    static void NAME(const fb_matmul *job, int32_t begin, int32_t end, fb_beside beside) {               \
        static const fb_pass by_rows[] = {NULL,     NAME##_1, NAME##_2, NAME##_3, NAME##_4,              \
                                          NAME##_5, NAME##_6, NAME##_7, NAME##_8};                       \
        int32_t passes = (job->row_count + 7) / 8;                                                       \
        int32_t least = job->row_count / passes, more = job->row_count % passes;                         \
        size_t blocks = (size_t)job->inputs / 32;                                                        \
        fb_ahead ahead = {.bytes_per_block = job->tile_bytes / blocks / (size_t)passes};                 \
        for (int32_t t = begin; t < end; t++) {                                                          \
            int32_t row = 0;                                                                             \
            ahead.next = (const uint8_t *)job->weights + (size_t)(t + 1) * job->tile_bytes;              \
            for (int32_t pass = 0; pass < passes; pass++) {                                              \
                int32_t rows = pass < more ? least + 1 : least;                                          \
                fb_claim_sums(job, t, row, rows);                                                        \
                by_rows[rows](job, t, row, ahead, beside);                                               \
                row += rows;                                                                             \
                ahead.next += ahead.bytes_per_block * blocks;                                            \
            }                                                                                            \
        }                                                                                                \
    }

FB_INTEGER_MATMUL(fb_u8)
FB_INTEGER_MATMUL(fb_u4)
FB_INTEGER_MATMUL(fb_u8_min)
FB_INTEGER_MATMUL(fb_u4_min)
FB_INTEGER_MATMUL(fb_u8_two)
FB_INTEGER_MATMUL(fb_u4_half_min)
FB_INTEGER_MATMUL(fb_u4_two_min)
FB_INTEGER_MATMUL(fb_u4_table)
FB_INTEGER_MATMUL(fb_u4_table_two)
FB_INTEGER_MATMUL(fb_nf4)

/// The nearest integers, halves to even: |x| < 2^22, and the fraction is pushed out of the mantissa.
FB_INLINE v16i fb_nearest(v16f x) {
#ifdef FB_NEAREST
    return FB_NEAREST(x);
#else
    return __builtin_convertvector(x + fb_splat(12582912.0f) - fb_splat(12582912.0f), v16i);
#endif
}

FB_INLINE v4i fb_sum_by_fours(v16i v) {
    v8i eight = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) + __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    return __builtin_shufflevector(eight, eight, 0, 1, 2, 3) + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
}

static void fb_quantize(const float *x, int32_t count, fb_quantized q) {
    for (int32_t block = 0; block * 32 < count; block++, x += 32) {
        v16f low = fb_load(x), high = fb_load(x + 16);
        v16i mask = fb_isplat(0x7FFFFFFF);
        float largest = fb_largest(fb_max((v16f)((v16i)low & mask), (v16f)((v16i)high & mask)));
        // Below this the inverse would overflow; such values count as zero.
        float inverse = largest >= 1e-36f ? 127.0f / largest : 0.0f;
        v16i a = fb_nearest(low * fb_splat(inverse)), b = fb_nearest(high * fb_splat(inverse));
        typedef int8_t v16c __attribute__((vector_size(16)));
        v16c bytes[2] = {__builtin_convertvector(a, v16c), __builtin_convertvector(b, v16c)};
        memcpy(q.codes + 32 * block, bytes, sizeof bytes);
        v16s bfloats[2] = {fb_bfloats(low), fb_bfloats(high)};
        memcpy(q.bfloats + 32 * block, bfloats, sizeof bfloats);
        q.scales[block] = largest / 127.0f;
        v4i fours[2] = {fb_sum_by_fours(a), fb_sum_by_fours(b)};
        v4i twos = __builtin_shufflevector(fours[0], fours[1], 0, 1, 4, 5) + __builtin_shufflevector(fours[0], fours[1], 2, 3, 6, 7);
        int32_t first = twos[0] + twos[1], second = twos[2] + twos[3];
        q.sums[2 * block] = first;
        q.sums[2 * block + 1] = second;
        q.starts[2 * block] = -128 * (first + second);
        q.starts[2 * block + 1] = -8 * (first + second);
    }
}
