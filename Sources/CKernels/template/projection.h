// A projection with its adapters: the low-rank products, and the tiles that they are added to.

/// Some ranks for some rows: lanes are inputs, and their sum by halves ends a dot product, so that its order does not
/// depend on how many ranks or rows go together.
#define FB_SHRINK(NAME, LOAD, BYTES)                                                                                \
    FB_INLINE void NAME##_block(const fb_adapter_rows *job, const float *from, size_t stride, int32_t rank, const int ranks, int32_t row, const int rows) { \
        const fb_low_rank *term = job->term;                                                                        \
        v16f sum[FB_SHRINK_RANKS][FB_SHRINK_ROWS];                                                                  \
        const float *x[FB_SHRINK_ROWS];                                                                             \
        size_t row_bytes = ((size_t)term->inputs + 15) / 16 * 16 * BYTES;                                           \
        const uint8_t *w = (const uint8_t *)term->weights + (size_t)rank * row_bytes;                               \
        FB_UNROLL for (int r = 0; r < rows; r++) {                                                                  \
            x[r] = from + (size_t)job->rows[row + r] * stride;                                                      \
            FB_UNROLL for (int i = 0; i < ranks; i++) sum[i][r] = fb_splat(0);                                      \
        }                                                                                                           \
        for (int32_t k = 0; k < term->inputs; k += 16) {                                                            \
            v16f input[FB_SHRINK_ROWS];                                                                             \
            FB_UNROLL for (int r = 0; r < rows; r++) input[r] = fb_load(x[r] + k);                                  \
            FB_UNROLL for (int i = 0; i < ranks; i++) {                                                             \
                v16f weight = LOAD(w + (size_t)i * row_bytes + (size_t)k * BYTES);                                  \
                FB_UNROLL for (int r = 0; r < rows; r++) sum[i][r] = fb_fma(weight, input[r], sum[i][r]);           \
            }                                                                                                       \
        }                                                                                                           \
        FB_UNROLL for (int r = 0; r < rows; r++) {                                                                  \
            float *out = job->inner + (size_t)(row + r) * (size_t)term->ranks + rank;                               \
            FB_UNROLL for (int i = 0; i < ranks; i++) {                                                             \
                out[i] = fb_sum(sum[i][r]) * (job->weights[row + r] * term->factors[rank + i]);                     \
            }                                                                                                       \
        }                                                                                                           \
    }                                                                                                               \
                                                                                                                    \
    FB_INLINE void NAME##_rows(const fb_adapter_rows *job, const float *x, size_t stride, int32_t row, const int rows) { \
        int32_t rank = 0;                                                                                           \
        for (; rank + FB_SHRINK_RANKS <= job->term->ranks; rank += FB_SHRINK_RANKS) {                               \
            NAME##_block(job, x, stride, rank, FB_SHRINK_RANKS, row, rows);                                         \
        }                                                                                                           \
        for (; rank < job->term->ranks; rank++) NAME##_block(job, x, stride, rank, 1, row, rows);                   \
    }                                                                                                               \
                                                                                                                    \
    static void NAME(const fb_adapter_rows *job, const float *x, size_t stride, int32_t begin, int32_t end) {       \
        for (; begin + FB_SHRINK_ROWS <= end; begin += FB_SHRINK_ROWS) NAME##_rows(job, x, stride, begin, FB_SHRINK_ROWS); \
        for (; begin < end; begin++) NAME##_rows(job, x, stride, begin, 1);                                         \
    }

FB_SHRINK(fb_shrink_f32, fb_load, 4)
FB_SHRINK(fb_shrink_f16, fb_load_half, 2)
FB_SHRINK(fb_shrink_bf16, fb_load_bfloat, 2)

static void fb_shrink(const fb_adapter_rows *job, const float *x, size_t stride, int32_t begin, int32_t end) {
    if (!job->term->weights) return;
    switch (job->term->format) {
    case FB_F16: fb_shrink_f16(job, x, stride, begin, end); break;
    case FB_BF16: fb_shrink_bf16(job, x, stride, begin, end); break;
    default: fb_shrink_f32(job, x, stride, begin, end); break;
    }
}

/// sum += B inner for some rows and tiles; an output's additions are in the order of the ranks.
FB_INLINE void fb_expand_tiles(const fb_expand *b, int32_t tile, const int tiles, const float *const *inner, const int rows, v16f sum[][8]) {
    const uint8_t *w = (const uint8_t *)b->weights + (size_t)tile * b->tile_bytes;
    for (int32_t k = 0; k < b->ranks; k++) {
        FB_UNROLL for (int t = 0; t < tiles; t++) {
            const uint8_t *at = w + (size_t)t * b->tile_bytes;
            v16f weight;
            if (b->format == FB_F16) {
                weight = fb_load_half(at + 32 * (size_t)k);
            } else if (b->format == FB_BF16) {
                weight = fb_load_bfloat(at + 32 * (size_t)k);
            } else {
                weight = fb_load(at + 64 * (size_t)k);
            }
            FB_UNROLL for (int r = 0; r < rows; r++) sum[t][r] = fb_fma(weight, fb_splat(inner[r][k]), sum[t][r]);
        }
    }
}

/// Adds what the adapters of `rows` rows give, all of which use the same ones, to some tiles of y.
FB_INLINE void fb_add_adapters(const fb_part *part, int32_t tile, const int tiles, int32_t row, const int rows) {
    const fb_matmul *base = &part->base;
    const fb_use *uses[8];
    float *y[8];
    v16f sum[4][8];
    FB_UNROLL for (int r = 0; r < rows; r++) {
        uses[r] = part->uses + part->use_starts[base->x_rows[row + r]];
        y[r] = base->y + (size_t)base->y_rows[row + r] * base->y_stride + (size_t)tile * FB_TILE;
        FB_UNROLL for (int t = 0; t < tiles; t++) sum[t][r] = fb_load_tile(base, tile + t, y[r] + FB_TILE * t);
    }
    int32_t first = base->x_rows[row];
    int32_t count = part->use_starts[first + 1] - part->use_starts[first];
    for (int32_t u = 0; u < count; u++) {
        const fb_adapter_rows *adapter = &part->adapters[uses[0][u].adapter];
        const fb_expand *b = &adapter->term->parts[part->number];
        if (!adapter->term->weights || !b->weights) continue;
        const float *inner[8];
        FB_UNROLL for (int r = 0; r < rows; r++) {
            inner[r] = adapter->inner + (size_t)uses[r][u].index * (size_t)adapter->term->ranks + b->first_rank;
        }
        fb_expand_tiles(b, tile, tiles, inner, rows, sum);
    }
    FB_UNROLL for (int r = 0; r < rows; r++) {
        FB_UNROLL for (int t = 0; t < tiles; t++) fb_store_lanes(base, tile + t, y[r] + FB_TILE * t, sum[t][r]);
    }
}

/// Whether eight rows use the same adapters.
static int fb_use_the_same(const fb_part *part, int32_t row) {
    const int32_t *rows = part->base.x_rows + row;
    int32_t first = part->use_starts[rows[0]], count = part->use_starts[rows[0] + 1] - first;
    for (int r = 1; r < 8; r++) {
        int32_t start = part->use_starts[rows[r]];
        if (part->use_starts[rows[r] + 1] - start != count) return 0;
        for (int32_t u = 0; u < count; u++) {
            if (part->uses[start + u].adapter != part->uses[first + u].adapter) return 0;
        }
    }
    return 1;
}

/// Brings what the adapters of a row add to four tiles into the first-level cache.
FB_INLINE void fb_fetch_row(const fb_part *part, int32_t row, int32_t tile) {
    int32_t x = part->base.x_rows[row];
    for (int32_t u = part->use_starts[x]; u < part->use_starts[x + 1]; u++) {
        const fb_expand *b = &part->adapters[part->uses[u].adapter].term->parts[part->number];
        const uint8_t *w = (const uint8_t *)b->weights + (size_t)tile * b->tile_bytes;
        if (b->weights) for (size_t i = 0; i < 4 * b->tile_bytes; i += 64) __builtin_prefetch(w + i, 0, 3);
    }
}

static void fb_expand_rows(const fb_part *part, int32_t row, int32_t stop, int32_t begin, int32_t end) {
    while (row < stop) {
        if (row + 8 <= stop && fb_use_the_same(part, row)) {
            int32_t tile = begin;
            for (; tile + 2 <= end; tile += 2) fb_add_adapters(part, tile, 2, row, 8);
            for (; tile < end; tile++) fb_add_adapters(part, tile, 1, row, 8);
            row += 8;
            continue;
        }
        int32_t x = part->base.x_rows[row], tile = begin;
        if (part->use_starts[x] < part->use_starts[x + 1]) {
            for (; tile + 4 <= end; tile += 4) {
                if (row + 1 < stop) fb_fetch_row(part, row + 1, tile);
                fb_add_adapters(part, tile, 4, row, 1);
            }
            for (; tile < end; tile++) fb_add_adapters(part, tile, 1, row, 1);
        }
        row++;
    }
}

FB_INLINE void fb_fetch_range(const uint8_t *from, size_t begin, size_t end) {
    for (size_t i = begin / 64 * 64; i < end; i += 64) __builtin_prefetch(from + i, 0, 2);
}

/// Fetches what the adapters of a step add to some tiles and a share of the next projection's A, while the base's product
/// keeps the multipliers busy: one after the other they are pieces of a kilobyte, which no hardware sees coming.
static void fb_fetch_adapters(const fb_part *part, int32_t begin, int32_t end) {
    size_t tiles = ((size_t)part->base.outputs + FB_TILE - 1) / FB_TILE;
    for (int32_t a = 0; a < part->adapter_count; a++) {
        const fb_low_rank *term = part->adapters[a].term, *next = part->adapters[a].next;
        const fb_expand *b = &term->parts[part->number];
        if (term->weights && b->weights) {
            fb_fetch_range(b->weights, (size_t)begin * b->tile_bytes, (size_t)end * b->tile_bytes);
        }
        if (part->number == 0 && next && next->weights) {
            size_t inputs = ((size_t)next->inputs + 15) / 16 * 16;
            size_t bytes = (size_t)next->ranks * inputs * (next->format == FB_F32 ? 4 : 2);
            fb_fetch_range(next->weights, bytes * (size_t)begin / tiles, bytes * (size_t)end / tiles);
        }
    }
}

static void fb_multiply(const fb_matmul *job, int32_t begin, int32_t end) {
    switch (job->format) {
    case FB_F32: fb_f32(job, begin, end); break;
    case FB_F16: fb_f16(job, begin, end); break;
    case FB_BF16: fb_bf16(job, begin, end); break;
    case FB_NF4: fb_nf4(job, begin, end); break;
    case FB_U8: fb_u8(job, begin, end); break;
    case FB_U4: fb_u4(job, begin, end); break;
    case FB_U8_MIN: fb_u8_min(job, begin, end); break;
    case FB_U4_MIN: fb_u4_min(job, begin, end); break;
    case FB_U8_TWO: fb_u8_two(job, begin, end); break;
    }
}

/// Rows that go over the tiles together: their activations stay in the second-level cache, and so do the pages that
/// their outputs are written to.
#define FB_ROW_BLOCK 64

static void fb_project(const fb_part *part, int32_t begin, int32_t end) {
    const fb_matmul *base = &part->base;
    int32_t first = begin * FB_TILE, stop = end * FB_TILE < base->outputs ? end * FB_TILE : base->outputs;
    fb_fetch_adapters(part, begin, end);
    for (int32_t row = 0; row < base->row_count; row += FB_ROW_BLOCK) {
        int32_t last = base->row_count - row < FB_ROW_BLOCK ? base->row_count : row + FB_ROW_BLOCK;
        fb_matmul block = *base;
        block.x_rows += row;
        block.y_rows += row;
        block.row_count = last - row;
        fb_multiply(&block, begin, end);
        if (part->use_starts) fb_expand_rows(part, row, last, begin, end);
        for (int32_t r = row; part->bias && r < last; r++) {
            float *y = base->y + (size_t)base->y_rows[r] * base->y_stride;
            fb_add(y + first, part->bias + first, stop - first);
        }
    }
}

#define FB_KERNELS(NAME)                                                                                      \
    {                                                                                                         \
        .name = NAME, .matmul = fb_multiply, .shrink = fb_shrink, .project = fb_project,                      \
        .quantize = fb_quantize, .rms_norm = fb_rms_norm, .silu_multiply = fb_silu_multiply, .add = fb_add,   \
        .rotate = fb_rotate, .attention = fb_attend, .store_kv = fb_store_kv,                                 \
        .index_of_largest = fb_index_of_largest                                                               \
    }
