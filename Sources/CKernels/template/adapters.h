// What adapters add to a projection: B (c ⊙ (A x)), in floats or in pairs of bfloat16.

#define FB_NOINLINE __attribute__((noinline))

FB_INLINE v16f fb_add_product(v16f sum, v16f a, v16f b) {
    return fb_fma(a, b, sum);
}

/// Has the processor take and give numbers below 2^-126 as zeros until `fb_restore`; the functions between are not inlined,
/// since the compiler does not know that arithmetic depends on it.
FB_INLINE uint32_t fb_flush_tiny(void) {
#if defined(__x86_64__)
    uint32_t mode = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(mode | 0x8040);
    return mode;
#else
    return 0;
#endif
}

FB_INLINE void fb_restore(uint32_t mode) {
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(mode);
#else
    (void)mode;
#endif
}

FB_INLINE void fb_put_f32(void *inner, size_t at, float value) {
    ((float *)inner)[at] = value;
}

FB_INLINE void fb_put_bf16(void *inner, size_t at, float value) {
    ((uint16_t *)inner)[at] = fb_bfloat(value);
}

/// Some ranks for some rows: lanes are inputs, and their sum by halves ends a dot product, so that its order does not
/// depend on how many ranks or rows go together. `BYTES` an element of x and of A; both come in vectors of 64 bytes.
#define FB_SHRINK(NAME, VECTOR, LOAD, ADD, BYTES, PUT)                                                              \
    FB_INLINE void NAME##_block(const fb_adapter_rows *job, const void *from, size_t stride, int32_t rank, const int ranks, int32_t row, const int rows) { \
        const fb_low_rank *term = job->term;                                                                        \
        v16f sum[FB_SHRINK_RANKS][FB_SHRINK_ROWS];                                                                  \
        const uint8_t *x[FB_SHRINK_ROWS];                                                                           \
        size_t row_bytes = fb_rank_bytes(term);                                                                     \
        const uint8_t *w = (const uint8_t *)term->weights + (size_t)rank * row_bytes;                               \
        FB_UNROLL for (int r = 0; r < rows; r++) {                                                                  \
            x[r] = (const uint8_t *)from + (size_t)job->rows[row + r] * stride * BYTES;                             \
            FB_UNROLL for (int i = 0; i < ranks; i++) sum[i][r] = fb_splat(0);                                      \
        }                                                                                                           \
        for (size_t at = 0; at < row_bytes; at += 64) {                                                             \
            VECTOR input[FB_SHRINK_ROWS];                                                                           \
            FB_UNROLL for (int r = 0; r < rows; r++) input[r] = LOAD(x[r] + at);                                    \
            FB_UNROLL for (int i = 0; i < ranks; i++) {                                                             \
                VECTOR weight = LOAD(w + (size_t)i * row_bytes + at);                                               \
                FB_UNROLL for (int r = 0; r < rows; r++) sum[i][r] = ADD(sum[i][r], weight, input[r]);              \
            }                                                                                                       \
        }                                                                                                           \
        FB_UNROLL for (int r = 0; r < rows; r++) {                                                                  \
            size_t at = (size_t)(row + r) * (size_t)term->ranks + (size_t)rank;                                     \
            FB_UNROLL for (int i = 0; i < ranks; i++) {                                                             \
                PUT(job->inner, at + (size_t)i, fb_sum(sum[i][r]) * (job->weights[row + r] * term->factors[rank + i])); \
            }                                                                                                       \
        }                                                                                                           \
    }                                                                                                               \
                                                                                                                    \
    FB_INLINE void NAME##_rows(const fb_adapter_rows *job, const void *x, size_t stride, int32_t rank, int32_t stop, int32_t row, const int rows) { \
        for (; rank + FB_SHRINK_RANKS <= stop; rank += FB_SHRINK_RANKS) {                                           \
            NAME##_block(job, x, stride, rank, FB_SHRINK_RANKS, row, rows);                                         \
        }                                                                                                           \
        for (; rank + 4 <= stop; rank += 4) NAME##_block(job, x, stride, rank, 4, row, rows);                       \
        for (; rank < stop; rank++) NAME##_block(job, x, stride, rank, 1, row, rows);                               \
    }                                                                                                               \
                                                                                                                    \
    FB_NOINLINE static void NAME(const fb_adapter_rows *job, const void *x, size_t stride, int32_t begin, int32_t end, int32_t rank, int32_t stop) { \
        for (; begin + FB_SHRINK_ROWS <= end; begin += FB_SHRINK_ROWS) NAME##_rows(job, x, stride, rank, stop, begin, FB_SHRINK_ROWS); \
        for (; begin < end; begin++) NAME##_rows(job, x, stride, rank, stop, begin, 1);                             \
    }

/// Bytes of one rank of A: its inputs in whole vectors of 64.
FB_INLINE size_t fb_rank_bytes(const fb_low_rank *term) {
    size_t bytes = (size_t)term->inputs * (term->format == FB_F32 ? 4 : 2);
    return (bytes + 63) / 64 * 64;
}

FB_SHRINK(fb_shrink_f32, v16f, fb_load, fb_add_product, 4, fb_put_f32)
FB_SHRINK(fb_shrink_bf16, fb_pairs, fb_load_pairs, FB_ADD_PAIRS, 2, fb_put_bf16)

static void fb_shrink(
    const fb_adapter_rows *job, const float *x, const uint16_t *bfloats, size_t stride, int32_t begin, int32_t end,
    int32_t piece, int32_t pieces
) {
    if (!job->term->weights) return;
    int32_t rank = job->term->ranks * piece / pieces, stop = job->term->ranks * (piece + 1) / pieces;
    if (job->term->format == FB_F32) {
        fb_shrink_f32(job, x, stride, begin, end, rank, stop);
        return;
    }
    uint32_t mode = fb_flush_tiny();
    fb_shrink_bf16(job, bfloats, stride, begin, end, rank, stop);
    fb_restore(mode);
}

/// A tile of the base's product as the adapters of a row have it: (1 + sum of weight gain) sum + sum of weight shift.
FB_INLINE v16f fb_scaled(const fb_part *part, int32_t x_row, int32_t tile, v16f sum) {
    v16f scale = fb_splat(1), shift = fb_splat(0);
    for (int32_t u = part->use_starts[x_row]; u < part->use_starts[x_row + 1]; u++) {
        const fb_adapter_rows *adapter = &part->adapters[part->uses[u].adapter];
        const fb_expand *b = &adapter->term->parts[part->number];
        v16f weight = fb_splat(adapter->weights[part->uses[u].index]);
        if (b->gains) scale = fb_fma(weight, fb_load(b->gains + tile * FB_TILE), scale);
        if (b->shifts) shift = fb_fma(weight, fb_load(b->shifts + tile * FB_TILE), shift);
    }
    return fb_fma(scale, sum, shift);
}

/// Whether some adapter of a row has gains or shifts for a part.
FB_INLINE int fb_scales_row(const fb_part *part, int32_t x_row) {
    for (int32_t u = part->use_starts[x_row]; u < part->use_starts[x_row + 1]; u++) {
        const fb_expand *b = &part->adapters[part->uses[u].adapter].term->parts[part->number];
        if (b->gains || b->shifts) return 1;
    }
    return 0;
}

FB_NOINLINE static void fb_scale_rows(const fb_part *part, int32_t row, int32_t stop, int32_t begin, int32_t end) {
    const fb_matmul *base = &part->base;
    for (; row < stop; row++) {
        if (!fb_scales_row(part, base->x_rows[row])) continue;
        float *y = base->y + (size_t)base->y_rows[row] * base->y_stride;
        for (int32_t tile = begin; tile < end; tile++) {
            float *at = y + tile * FB_TILE;
            fb_store_lanes(base, tile, at, fb_scaled(part, base->x_rows[row], tile, fb_load_tile(base, tile, at)));
        }
    }
}

/// What one adapter adds to some rows: B times their inner values.
typedef struct {
    const fb_expand *b;
    fb_format format;
    const uint8_t *inner[8];
} fb_addend;

/// Adapters that are added to a tile at a time.
#define FB_ADDENDS 16

/// The next adapters of `rows` rows, all of which use the same ones; `use` moves past them.
FB_INLINE int32_t fb_next_addends(const fb_part *part, int32_t row, const int rows, int32_t *use, int32_t uses, fb_addend *addends) {
    const int32_t *x_rows = part->base.x_rows + row;
    int32_t count = 0;
    for (; *use < uses && count < FB_ADDENDS; ++*use) {
        const fb_use *first = part->uses + part->use_starts[x_rows[0]] + *use;
        const fb_adapter_rows *adapter = &part->adapters[first->adapter];
        const fb_low_rank *term = adapter->term;
        fb_addend *addend = &addends[count];
        addend->b = &term->parts[part->number];
        addend->format = term->format;
        if (!term->weights || !addend->b->weights) continue;
        FB_UNROLL for (int r = 0; r < rows; r++) {
            size_t index = (size_t)part->uses[part->use_starts[x_rows[r]] + *use].index;
            size_t at = index * (size_t)term->ranks + (size_t)addend->b->first_rank;
            addend->inner[r] = (const uint8_t *)adapter->inner + at * (term->format == FB_F32 ? 4 : 2);
        }
        count++;
    }
    return count;
}

FB_INLINE void fb_expand_f32(const fb_addend *addend, int32_t tile, const int tiles, const int rows, v16f sum[][8]) {
    const fb_expand *b = addend->b;
    const uint8_t *w = (const uint8_t *)b->weights + (size_t)tile * b->tile_bytes;
    for (size_t rank = 0; rank < (size_t)b->ranks; rank++) {
        v16f weight[4];
        FB_UNROLL for (int t = 0; t < tiles; t++) weight[t] = fb_load(w + (size_t)t * b->tile_bytes + 64 * rank);
        FB_UNROLL for (int r = 0; r < rows; r++) {
            float inner;
            memcpy(&inner, addend->inner[r] + 4 * rank, sizeof inner);
            FB_UNROLL for (int t = 0; t < tiles; t++) sum[t][r] = fb_add_product(sum[t][r], weight[t], fb_splat(inner));
        }
    }
}

/// One pair of ranks, or an odd one alone.
FB_INLINE void fb_expand_pair(const fb_addend *addend, const uint8_t *w, size_t pair, const int ranks, const int tiles, const int rows, v16f sum[][8]) {
    fb_pairs weight[4];
    FB_UNROLL for (int t = 0; t < tiles; t++) weight[t] = fb_load_pairs(w + (size_t)t * addend->b->tile_bytes + 64 * pair);
    FB_UNROLL for (int r = 0; r < rows; r++) {
        uint32_t inner = 0;
        memcpy(&inner, addend->inner[r] + 4 * pair, 2 * ranks);
        FB_UNROLL for (int t = 0; t < tiles; t++) sum[t][r] = FB_ADD_PAIRS(sum[t][r], weight[t], fb_splat_pairs(inner));
    }
}

FB_INLINE void fb_expand_bf16(const fb_addend *addend, int32_t tile, const int tiles, const int rows, v16f sum[][8]) {
    const fb_expand *b = addend->b;
    const uint8_t *w = (const uint8_t *)b->weights + (size_t)tile * b->tile_bytes;
    size_t pairs = (size_t)b->ranks / 2;
    for (size_t pair = 0; pair < pairs; pair++) fb_expand_pair(addend, w, pair, 2, tiles, rows, sum);
    if (b->ranks % 2) fb_expand_pair(addend, w, pairs, 1, tiles, rows, sum);
}

/// Adds to some tiles of some rows of y; `whole`: none of the tiles has fewer than 16 outputs.
FB_INLINE void fb_add_to_tiles(const fb_matmul *base, float *const *y, const fb_addend *addends, int32_t count, int32_t tile, const int tiles, const int rows, const int whole) {
    v16f sum[4][8];
    FB_UNROLL for (int r = 0; r < rows; r++) {
        FB_UNROLL for (int t = 0; t < tiles; t++) {
            const float *from = y[r] + (tile + t) * FB_TILE;
            sum[t][r] = whole ? fb_load(from) : fb_load_tile(base, tile + t, from);
        }
    }
    for (int32_t a = 0; a < count; a++) {
        if (addends[a].format == FB_F32) {
            fb_expand_f32(&addends[a], tile, tiles, rows, sum);
        } else {
            fb_expand_bf16(&addends[a], tile, tiles, rows, sum);
        }
    }
    FB_UNROLL for (int r = 0; r < rows; r++) {
        FB_UNROLL for (int t = 0; t < tiles; t++) {
            float *to = y[r] + (tile + t) * FB_TILE;
            if (whole) {
                fb_store(to, sum[t][r]);
            } else {
                fb_store_lanes(base, tile + t, to, sum[t][r]);
            }
        }
    }
}

/// Brings what the adapters of a row add to some tiles into the first-level cache.
FB_INLINE void fb_fetch_row(const fb_part *part, int32_t row, int32_t tile, int32_t tiles) {
    int32_t x = part->base.x_rows[row];
    for (int32_t u = part->use_starts[x]; u < part->use_starts[x + 1]; u++) {
        const fb_expand *b = &part->adapters[part->uses[u].adapter].term->parts[part->number];
        const uint8_t *w = (const uint8_t *)b->weights + (size_t)tile * b->tile_bytes;
        if (b->weights) for (size_t i = 0; i < (size_t)tiles * b->tile_bytes; i += 64) __builtin_prefetch(w + i, 0, 3);
    }
}

/// Adds some adapters to the tiles of eight rows, and of one row, while it fetches what the next one, if any, will need.
FB_NOINLINE static void fb_add_to_eight(const fb_part *part, float *const *y, const fb_addend *addends, int32_t count, int32_t begin, int32_t end) {
    int32_t whole = part->base.outputs / FB_TILE < end ? part->base.outputs / FB_TILE : end, tile = begin;
    for (; tile + 2 <= whole; tile += 2) fb_add_to_tiles(&part->base, y, addends, count, tile, 2, 8, 1);
    for (; tile < end; tile++) fb_add_to_tiles(&part->base, y, addends, count, tile, 1, 8, 0);
}

FB_NOINLINE static void fb_add_to_one(const fb_part *part, float *const *y, const fb_addend *addends, int32_t count, int32_t begin, int32_t end, int32_t next) {
    int32_t whole = part->base.outputs / FB_TILE < end ? part->base.outputs / FB_TILE : end, tile = begin;
    for (; tile + 4 <= whole; tile += 4) {
        if (next >= 0) fb_fetch_row(part, next, tile, 4);
        fb_add_to_tiles(&part->base, y, addends, count, tile, 4, 1, 1);
    }
    for (; tile < end; tile++) fb_add_to_tiles(&part->base, y, addends, count, tile, 1, 1, 0);
}

/// Adds what the adapters of `rows` rows give, all of which use the same ones.
FB_INLINE void fb_expand_some(const fb_part *part, int32_t row, const int rows, int32_t next, int32_t begin, int32_t end) {
    const fb_matmul *base = &part->base;
    int32_t x = base->x_rows[row], use = 0, uses = part->use_starts[x + 1] - part->use_starts[x];
    float *y[8];
    FB_UNROLL for (int r = 0; r < rows; r++) y[r] = base->y + (size_t)base->y_rows[row + r] * base->y_stride;
    while (use < uses) {
        fb_addend addends[FB_ADDENDS];
        int32_t count = fb_next_addends(part, row, rows, &use, uses, addends);
        if (count == 0) continue;
        // A change of mode waits until the core has nothing on its way: the instruction needs none.
        int flushes = FB_PAIRS_NEED_FLUSHING && addends[0].format == FB_BF16;
        uint32_t mode = flushes ? fb_flush_tiny() : 0;
        if (rows == 8) {
            fb_add_to_eight(part, y, addends, count, begin, end);
        } else {
            fb_add_to_one(part, y, addends, count, begin, end, next);
        }
        if (flushes) fb_restore(mode);
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

static void fb_expand_rows(const fb_part *part, int32_t row, int32_t stop, int32_t begin, int32_t end) {
    while (row < stop) {
        if (row + 8 <= stop && fb_use_the_same(part, row)) {
            fb_expand_some(part, row, 8, -1, begin, end);
            row += 8;
        } else {
            fb_expand_some(part, row, 1, row + 1 < stop ? row + 1 : -1, begin, end);
            row++;
        }
    }
}

/// Lays out what adapters add to the only row of a part, from a tile on; 0 where that cannot be done beside products:
/// several rows, floats, more pairs of ranks than there is room for, or pairs that need a mode of the processor.
static int fb_lay_out_addition(const fb_part *part, int32_t tile, fb_addition *addition) {
    const fb_matmul *base = &part->base;
    if (FB_PAIRS_NEED_FLUSHING || !part->use_starts || base->row_count != 1) return 0;
    addition->count = addition->added = 0;
    int32_t x = base->x_rows[0];
    for (int32_t u = part->use_starts[x]; u < part->use_starts[x + 1]; u++) {
        const fb_use *use = &part->uses[u];
        const fb_adapter_rows *adapter = &part->adapters[use->adapter];
        const fb_low_rank *term = adapter->term;
        const fb_expand *b = &term->parts[part->number];
        if (!term->weights || !b->weights) continue;
        if (term->format != FB_BF16 || addition->count + (b->ranks + 1) / 2 > FB_RANK_PAIRS) return 0;
        const uint16_t *inner = (const uint16_t *)adapter->inner + (size_t)use->index * (size_t)term->ranks + b->first_rank;
        for (int32_t rank = 0; rank < b->ranks; rank += 2) {
            uint32_t odd = rank + 1 < b->ranks ? inner[rank + 1] : 0;
            addition->pairs[addition->count++] = (fb_rank_pair){
                .weights = (const uint8_t *)b->weights + (size_t)tile * b->tile_bytes + 32 * (size_t)rank,
                .tile_bytes = b->tile_bytes,
                .inner = odd << 16 | inner[rank],
            };
        }
    }
    return addition->count > 0;
}
