// A projection with its adapters: which tiles of which rows are computed when.

/// Adds a piece to what is fetched, or fetches it where there is no more room.
FB_INLINE void fb_plan(fb_fetches *fetches, const uint8_t *from, size_t bytes) {
    fb_range range = {.from = from, .bytes = bytes};
    if (fetches->count < FB_RANGES) {
        fetches->ranges[fetches->count++] = range;
    } else {
        fb_fetch_range(range);
    }
}

/// Bytes of A that are fetched with a block at least.
#define FB_NEXT_BYTES 256

/// Plans the share that some tiles have of the next projection's A, the adapters of the step one after the other: a
/// thread's share of all tiles is then its share of A.
FB_INLINE void fb_plan_next(const fb_part *part, int32_t begin, int32_t end, fb_fetches *fetches) {
    size_t adapters = (size_t)part->adapter_count, all = (size_t)part->all_tiles;
    if (all == 0) return;
    size_t from = (size_t)(part->first_tile + begin) * adapters, to = (size_t)(part->first_tile + end) * adapters;
    for (size_t a = from / all; a * all < to; a++) {
        const fb_low_rank *next = part->adapters[a].next;
        if (!next || !next->weights) continue;
        size_t bytes = (size_t)next->ranks * fb_rank_bytes(next);
        size_t low = from > a * all ? from - a * all : 0, high = to - a * all < all ? to - a * all : all;
        size_t at = bytes * low / all / 64 * 64, stop = bytes * high / all;
        size_t piece = (stop - at) / 16 > FB_NEXT_BYTES ? (stop - at) / 16 / 64 * 64 : FB_NEXT_BYTES;
        for (; at < stop; at += piece) {
            fb_plan(fetches, (const uint8_t *)next->weights + at, stop - at < piece ? stop - at : piece);
        }
    }
}

/// Plans to fetch what the adapters of a step add to some tiles and a share of the next projection's A, while the base's
/// product keeps the multipliers busy: one after the other they are pieces of a kilobyte, which no hardware sees coming.
static void fb_plan_fetches(const fb_part *part, int32_t begin, int32_t end, fb_fetches *fetches) {
    fetches->count = 0;
    for (int32_t a = 0; a < part->adapter_count; a++) {
        const fb_low_rank *term = part->adapters[a].term;
        const fb_expand *b = &term->parts[part->number];
        if (term->weights && b->weights) fb_plan(fetches, (const uint8_t *)b->weights + (size_t)begin * b->tile_bytes, b->tile_bytes);
    }
    fetches->tile_count = fetches->next = fetches->stop = fetches->count;
    fb_plan_next(part, begin, end, fetches);
}

/// Claims the lines that a share of the rows will be quantized to, `share` of `shares`, when all their tiles [begin, end) are
/// done: the other processors that read them must give them up, which takes long, and longer where the last cache is not
/// common. Meanwhile products run.
static void fb_claim(const fb_part *part, int32_t share, int32_t shares, int32_t begin, int32_t end) {
    const fb_quantized *q = &part->gated->quantized;
    size_t count = (size_t)(end - begin) * FB_TILE;
    for (int32_t r = part->base.row_count * share / shares; r < part->base.row_count * (share + 1) / shares; r++) {
        size_t at = (size_t)part->base.y_rows[r] * part->gated->stride + (size_t)begin * FB_TILE;
        for (size_t i = 0; i < count; i += 64) __builtin_prefetch(q->codes + at + i, 1, 2);
        for (size_t i = 0; i < count; i += 32) __builtin_prefetch(q->bfloats + at + i, 1, 2);
        __builtin_prefetch(q->scales + at / 32, 1, 2);
        __builtin_prefetch(q->starts + at / 16, 1, 2);
        __builtin_prefetch(q->sums + at / 16, 1, 2);
    }
}

/// An addition takes place beside integer products of one row, fetches beside those of more than a few; others leave them
/// alone.
static void fb_multiply_beside(const fb_matmul *job, int32_t begin, int32_t end, fb_beside beside) {
    switch (job->format) {
    case FB_F32: fb_f32(job, begin, end); break;
    case FB_F16: fb_f16(job, begin, end); break;
    case FB_BF16: fb_bf16(job, begin, end); break;
    case FB_NF4: fb_nf4(job, begin, end, beside); break;
    case FB_U8: fb_u8(job, begin, end, beside); break;
    case FB_U4: fb_u4(job, begin, end, beside); break;
    case FB_U8_MIN: fb_u8_min(job, begin, end, beside); break;
    case FB_U4_MIN: fb_u4_min(job, begin, end, beside); break;
    case FB_U8_TWO: fb_u8_two(job, begin, end, beside); break;
    case FB_U4_HALF_MIN: fb_u4_half_min(job, begin, end, beside); break;
    case FB_U4_TWO_MIN: fb_u4_two_min(job, begin, end, beside); break;
    case FB_U4_TABLE: fb_u4_table(job, begin, end, beside); break;
    case FB_U4_TABLE_TWO: fb_u4_table_two(job, begin, end, beside); break;
    }
}

static void fb_multiply(const fb_matmul *job, int32_t begin, int32_t end) {
    fb_multiply_beside(job, begin, end, (fb_beside){0});
}

/// Rows that go over the tiles together: their activations stay in the second-level cache, and so do the pages that
/// their outputs are written to.
#define FB_ROW_BLOCK 64

/// The product and what adapters add to it, for many rows.
static void fb_project_rows(const fb_part *part, int32_t begin, int32_t end) {
    const fb_matmul *base = &part->base;
    fb_fetches planned;
    fb_plan_fetches(part, begin, end, &planned);
    for (int32_t row = 0; row < base->row_count; row += FB_ROW_BLOCK) {
        int32_t last = base->row_count - row < FB_ROW_BLOCK ? base->row_count : row + FB_ROW_BLOCK;
        fb_matmul block = *base;
        block.x_rows += row;
        block.y_rows += row;
        block.row_count = last - row;
        int fetches = row == 0 && part->adapter_count > 0;
        for (int32_t tile = begin; tile < end; tile++) {
            if (fetches) fb_begin_fetches(&planned, tile - begin, end - begin);
            if (fetches && base->row_count < FB_AHEAD_ROWS) fb_finish_fetches(&planned);
            if (row == 0 && part->gated && part->gated->quantized.codes) {
                int32_t tiles = end - begin;
                fb_claim(part, tile - begin + part->number * tiles, 2 * tiles, begin, end);
            }
            fb_multiply_beside(&block, tile, tile + 1, (fb_beside){.fetches = fetches ? &planned : NULL});
            if (fetches) fb_finish_fetches(&planned);
        }
        if (part->use_starts && part->scales) fb_scale_rows(part, row, last, begin, end);
        if (part->use_starts) fb_expand_rows(part, row, last, begin, end);
    }
}

/// The same for one row, with additions beside the products.
static void fb_project_row(const fb_part *part, fb_addition *addition, int32_t begin, int32_t end) {
    const fb_matmul *base = &part->base;
    float *y = base->y + (size_t)base->y_rows[0] * base->y_stride;
    fb_fetches planned;
    fb_plan_fetches(part, begin, end, &planned);
    for (int32_t tile = begin; tile <= end; tile++) {
        if (tile < end) {
            fb_begin_fetches(&planned, tile - begin, end - begin);
            fb_finish_fetches(&planned);
            fb_multiply_beside(base, tile, tile + 1, (fb_beside){.addition = tile > begin ? addition : NULL});
        }
        if (tile > begin) fb_store_lanes(base, tile - 1, y + (tile - 1) * FB_TILE, fb_finish_addition(addition));
        addition->added = 0;
        if (tile < end) addition->sum = fb_load_tile(base, tile, y + tile * FB_TILE);
        if (tile < end && part->scales) addition->sum = fb_scaled(part, base->x_rows[0], tile, addition->sum);
    }
}

static void fb_project(const fb_part *part, int32_t begin, int32_t end) {
    const fb_matmul *base = &part->base;
    fb_addition addition;
    if (fb_lay_out_addition(part, begin, &addition)) {
        fb_project_row(part, &addition, begin, end);
    } else {
        fb_project_rows(part, begin, end);
    }
    int32_t first = begin * FB_TILE, stop = end * FB_TILE < base->outputs ? end * FB_TILE : base->outputs;
    for (int32_t r = 0; part->bias && r < base->row_count; r++) {
        float *y = base->y + (size_t)base->y_rows[r] * base->y_stride;
        fb_add(y + first, part->bias + first, stop - first, 1.0f);
    }
}

FB_INLINE fb_quantized fb_quantized_at(fb_quantized q, size_t at) {
    return (fb_quantized){
        .codes = q.codes + at, .scales = q.scales + at / 32, .starts = q.starts + at / 16, .sums = q.sums + at / 16,
        .bfloats = q.bfloats + at,
    };
}

/// Fetches the beginning of a tile, for the hardware to go on from, if there is such a tile.
FB_INLINE void fb_fetch_first(const fb_matmul *job, int32_t tile) {
    size_t bytes = job->tile_bytes < 4096 ? job->tile_bytes : 4096;
    if (tile * FB_TILE < job->outputs) fb_fetch_range((fb_range){(const uint8_t *)job->weights + (size_t)tile * job->tile_bytes, bytes});
}

/// The thread that computed gate and up activates and quantizes them: what lies between never leaves its caches.
static void fb_project_gated(const fb_part *parts, int32_t begin, int32_t end) {
    const fb_matmul *gate = &parts[0].base, *up = &parts[1].base;
    const fb_gated *out = parts->gated;
    if (gate->row_count < FB_AHEAD_ROWS) fb_fetch_first(up, begin);
    fb_project(&parts[0], begin, end);
    if (gate->row_count < FB_AHEAD_ROWS) fb_fetch_first(gate, end);
    fb_project(&parts[1], begin, end);
    int32_t first = begin * FB_TILE, stop = end * FB_TILE < gate->outputs ? end * FB_TILE : gate->outputs;
    // Row after row in each step: a row's few outputs alone would wait for one step to end before the next.
    for (int32_t r = 0; r < gate->row_count; r++) {
        size_t row = (size_t)gate->y_rows[r], from = row * gate->y_stride + (size_t)first;
        fb_gate_row(gate->y + from, up->y + from, out->values + row * out->stride + (size_t)first, stop - first, out->activation);
    }
    for (int32_t r = 0; out->quantized.codes && r < gate->row_count; r++) {
        size_t at = (size_t)gate->y_rows[r] * out->stride + (size_t)first;
        fb_quantize(out->values + at, stop - first, fb_quantized_at(out->quantized, at));
    }
}

#define FB_KERNELS(NAME)                                                                                    \
    {                                                                                                       \
        .name = NAME, .matmul = fb_multiply, .shrink = fb_shrink, .project = fb_project,                    \
        .project_gated = fb_project_gated, .quantize = fb_quantize, .rms_norm = fb_rms_norm, .add = fb_add, \
        .soft_cap = fb_cap, .blend = fb_blend, .rotate = fb_rotate, .attention = fb_attend,                 \
        .attention_queries = FB_QUERIES,                                                                    \
        .store_kv = fb_store_kv, .index_of_largest = fb_index_of_largest, .gate = fb_gate_row,              \
        .gate_gradient = fb_gate_gradient, .softmax = fb_softmax, .softmax_gradient = fb_softmax_gradient,  \
        .rms_norm_gradient = fb_rms_norm_gradient                                                           \
    }
