// Attention over a paged cache with an online softmax, and what writes the cache.

/// Dimensions of cached keys and values that share a scale.
#define FB_CACHE_GROUP 32

/// Codes and scales of one vector in 8 bits; elements are `step` apart, scales `scale_step`.
FB_INLINE void fb_store_codes(const float *x, int32_t count, int8_t *codes, size_t step, _Float16 *scales, size_t scale_step) {
    for (int32_t begin = 0; begin < count; begin += FB_CACHE_GROUP) {
        int32_t end = count < begin + FB_CACHE_GROUP ? count : begin + FB_CACHE_GROUP;
        float largest = 0;
        for (int32_t i = begin; i < end; i++) largest = fmaxf(largest, fabsf(x[i]));
        _Float16 scale = (_Float16)(largest / 127.0f);
        // Where the scale was rounded to a small half, codes could pass 127.
        float inverse = scale > 0 ? 1.0f / (float)scale : 0.0f;
        for (int32_t i = begin; i < end; i++) {
            float code = fminf(fmaxf(x[i] * inverse, -127.0f), 127.0f);
            codes[(size_t)i * step] = (int8_t)(code + 12582912.0f - 12582912.0f);
        }
        scales[(size_t)(begin / FB_CACHE_GROUP) * scale_step] = scale;
    }
}

static void fb_store_kv(const float *key, const float *value, int32_t head_dim, int32_t slot, fb_cache cache, uint8_t *keys, uint8_t *values, int32_t padded_dim) {
    size_t first = (size_t)slot * (size_t)padded_dim;
    switch (cache) {
    case FB_CACHE_F32: {
        float *k = (float *)keys + slot, *v = (float *)values + first;
        for (int32_t i = 0; i < head_dim; i++) k[i * FB_KV_BLOCK] = key[i], v[i] = value[i];
        for (int32_t i = head_dim; i < padded_dim; i++) v[i] = 0;
        break;
    }
    case FB_CACHE_F16: {
        _Float16 *k = (_Float16 *)keys + slot, *v = (_Float16 *)values + first;
        for (int32_t i = 0; i < head_dim; i++) k[i * FB_KV_BLOCK] = (_Float16)key[i], v[i] = (_Float16)value[i];
        for (int32_t i = head_dim; i < padded_dim; i++) v[i] = 0;
        break;
    }
    case FB_CACHE_Q8: {
        int8_t *k = (int8_t *)keys + slot, *v = (int8_t *)values + first;
        _Float16 *key_scales = (_Float16 *)(keys + head_dim * FB_KV_BLOCK) + slot;
        _Float16 *value_scales = (_Float16 *)(values + padded_dim * FB_KV_BLOCK);
        int32_t groups = (head_dim + FB_CACHE_GROUP - 1) / FB_CACHE_GROUP;
        fb_store_codes(key, head_dim, k, FB_KV_BLOCK, key_scales, FB_KV_BLOCK);
        fb_store_codes(value, head_dim, v, 1, value_scales + slot * groups, 1);
        for (int32_t i = head_dim; i < padded_dim; i++) v[i] = 0;
        break;
    }
    }
}

/// 16 numbers of the cache without their scales.
FB_INLINE v16f fb_load_cached(const uint8_t *from, const fb_cache cache) {
    typedef int8_t v16c __attribute__((vector_size(16)));
    if (cache == FB_CACHE_F32) return fb_load(from);
    if (cache == FB_CACHE_F16) return fb_load_half(from);
    v16c codes;
    memcpy(&codes, from, sizeof codes);
    return __builtin_convertvector(codes, v16f);
}

FB_INLINE size_t fb_cached_bytes(const fb_cache cache) {
    return cache == FB_CACHE_F32 ? 4 : cache == FB_CACHE_F16 ? 2 : 1;
}

/// Positions whose scores share one update of the running maximum.
#define FB_KV_SPAN 64

FB_INLINE int32_t fb_larger(int32_t a, int32_t b) {
    return a > b ? a : b;
}

FB_INLINE int32_t fb_smaller(int32_t a, int32_t b) {
    return a < b ? a : b;
}

/// Floats from one query to the next: a line more than a head has, so that queries do not compete for lines of the cache.
#define FB_QUERY_STRIDE (FB_MAX_HEAD + 16)

/// Queries, each one head of one row, that share a pass over keys and values.
typedef struct {
    float q[FB_QUERIES][FB_QUERY_STRIDE];
    float sum[FB_QUERIES][FB_QUERY_STRIDE];
    float weight[FB_QUERIES][FB_KV_SPAN];  ///< scores of the positions of a span, then what becomes of them
    v16f total[FB_QUERIES];
    float largest[FB_QUERIES];
    int32_t first[FB_QUERIES], last[FB_QUERIES];  ///< what each one sees; both ascend
} fb_queries;

// Cache blocks are a kilobyte or two, in no order, so no hardware sees the next one coming: while the keys of a block are
// read its values are fetched, and with those the keys that come a span later.

FB_INLINE const uint8_t *fb_keys_of(const fb_attention *job, int32_t block) {
    return job->keys + (size_t)job->blocks[block] * job->key_block_bytes + job->key_offset;
}

FB_INLINE const uint8_t *fb_values_of(const fb_attention *job, int32_t block) {
    return job->values + (size_t)job->blocks[block] * job->value_block_bytes + job->value_offset;
}

/// sum[query] += q K^T over some dimensions, without scales.
FB_INLINE void fb_score_dimensions(const fb_queries *queries, int32_t begin, int32_t end, const int count, const fb_cache cache, const uint8_t *keys, const uint8_t *next, v16f *sum) {
    const size_t step = FB_KV_BLOCK * fb_cached_bytes(cache);
    for (int32_t d = begin; d < end; d++) {
        __builtin_prefetch(next + step * (size_t)d, 0, 3);
        v16f key = fb_load_cached(keys + step * (size_t)d, cache);
        FB_UNROLL for (int k = 0; k < count; k++) sum[k] = fb_fma(key, fb_splat(queries->q[k][d]), sum[k]);
    }
}

// What follows is made once for each count of queries and each kind of cache; parts that gain nothing from knowing them are
// functions of their own, or the compiler takes as long for attention as for all products together.

/// Bounds the scores of 16 positions, `at` the first of them in the span.
FB_APART void fb_cap_scores(fb_queries *queries, int32_t at, int32_t count, float cap) {
    for (int32_t k = 0; k < count; k++) fb_store(queries->weight[k] + at, fb_soft_cap(fb_load(queries->weight[k] + at), cap));
}

/// Gives minus infinity to those of 16 positions from `begin` on that a query does not see.
FB_APART void fb_hide(fb_queries *queries, int32_t begin, int32_t count) {
    const v16i lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    for (int32_t k = 0; k < count; k++) {
        float *weight = queries->weight[k] + begin % FB_KV_SPAN;
        v16i hidden = (lanes + begin < queries->first[k]) | (lanes + begin > queries->last[k]);
        fb_store(weight, (v16f)((hidden & (v16i)fb_splat(-INFINITY)) | (~hidden & (v16i)fb_load(weight))));
    }
}

/// Scores of 16 positions for some queries; positions that a query does not see get minus infinity.
FB_INLINE void fb_score(const fb_attention *job, fb_queries *queries, int32_t block, const int count, const fb_cache cache) {
    const uint8_t *keys = fb_keys_of(job, block), *next = fb_values_of(job, block);
    v16f sum[FB_QUERIES];
    FB_UNROLL for (int k = 0; k < count; k++) sum[k] = fb_splat(0);
    const size_t step = FB_KV_BLOCK * fb_cached_bytes(cache);
    if (cache == FB_CACHE_Q8) {
        const uint8_t *scales = keys + step * (size_t)job->head_dim;
        for (int32_t begin = 0; begin < job->head_dim; begin += FB_CACHE_GROUP, scales += sizeof(v16h)) {
            int32_t end = fb_smaller(begin + FB_CACHE_GROUP, job->head_dim);
            v16f part[FB_QUERIES];
            FB_UNROLL for (int k = 0; k < count; k++) part[k] = fb_splat(0);
            fb_score_dimensions(queries, begin, end, count, cache, keys, next, part);
            v16f scale = fb_load_half(scales);
            FB_UNROLL for (int k = 0; k < count; k++) sum[k] = fb_fma(part[k], scale, sum[k]);
        }
    } else {
        fb_score_dimensions(queries, 0, job->head_dim, count, cache, keys, next, sum);
    }
    const int32_t begin = FB_KV_BLOCK * block, at = begin % FB_KV_SPAN;
    FB_UNROLL for (int k = 0; k < count; k++) fb_store(queries->weight[k] + at, sum[k] * fb_splat(job->scale));
    if (job->cap > 0) fb_cap_scores(queries, at, count, job->cap);
    if (begin < queries->first[count - 1] || begin + FB_KV_BLOCK > queries->last[0] + 1) fb_hide(queries, begin, count);
}

/// Turns the scores of a span into weights against the running maximum. Where a query sees nothing of a span nothing stays
/// of it: before the first position that it sees the maximum is minus infinity, which that one's score then shrinks all
/// before it from to zero, and after the last one weights are zero.
FB_APART void fb_weigh(const fb_attention *job, fb_queries *queries, int k) {
    float *weight = queries->weight[k];
    v16f peaks = fb_load(weight);
    for (int i = FB_KV_BLOCK; i < FB_KV_SPAN; i += FB_KV_BLOCK) peaks = fb_max(peaks, fb_load(weight + i));
    float peak = fb_largest(peaks);
    v16f total = queries->total[k];
    if (peak > queries->largest[k]) {
        v16f shrink = fb_splat(fb_exp(fb_splat(queries->largest[k] - peak))[0]);
        float *sum = queries->sum[k];
        for (int32_t i = 0; i < job->padded_dim; i += 16) fb_store(sum + i, fb_load(sum + i) * shrink);
        total *= shrink;
        queries->largest[k] = peak;
    }
    v16f largest = fb_splat(queries->largest[k]);
    FB_UNROLL for (int i = 0; i < FB_KV_SPAN; i += FB_KV_BLOCK) {
        v16f weights = fb_exp(fb_load(weight + i) - largest);
        fb_store(weight + i, weights);
        total += weights;
    }
    queries->total[k] = total;
}

/// sum[query] += weight V over the positions [begin, end) of a span, for `count` queries from `first` on.
FB_INLINE void fb_gather(const fb_attention *job, fb_queries *queries, int32_t begin, int32_t end, int first, const int count, const fb_cache cache) {
    const size_t bytes = fb_cached_bytes(cache), step = (size_t)job->padded_dim * bytes;
    const size_t groups = ((size_t)job->head_dim + FB_CACHE_GROUP - 1) / FB_CACHE_GROUP;
    const int32_t last = (job->position + job->rows - 1) / FB_KV_BLOCK;
    for (int32_t i = 0; i < job->padded_dim; i += 16) {
        v16f sum[FB_QUERIES];
        FB_UNROLL for (int k = 0; k < count; k++) sum[k] = fb_load(queries->sum[first + k] + i);
        const float *weight = &queries->weight[first][begin % FB_KV_SPAN];
        for (int32_t p = begin; p < end;) {
            const int32_t block = p / FB_KV_BLOCK, ahead = block + FB_KV_SPAN / FB_KV_BLOCK;
            const int32_t stop = fb_smaller(FB_KV_BLOCK * (block + 1), end);
            const uint8_t *values = fb_values_of(job, block), *next = fb_keys_of(job, fb_smaller(ahead, last));
            size_t at = (size_t)(p - FB_KV_BLOCK * block);
            const _Float16 *scale = (const _Float16 *)(values + FB_KV_BLOCK * step) + at * groups + (size_t)(i / FB_CACHE_GROUP);
            values += (size_t)i * bytes + at * step;
            next += ((size_t)i + at) * FB_KV_BLOCK * bytes;
            for (; p < stop; p++, values += step, next += FB_KV_BLOCK * bytes, scale += groups, weight++) {
                __builtin_prefetch(next, 0, 3);
                v16f value = fb_load_cached(values, cache);
                if (cache == FB_CACHE_Q8) value *= fb_splat_half(*scale);
                FB_UNROLL for (int k = 0; k < count; k++) sum[k] = fb_fma(value, fb_splat(weight[FB_KV_SPAN * k]), sum[k]);
            }
        }
        FB_UNROLL for (int k = 0; k < count; k++) fb_store(queries->sum[first + k] + i, sum[k]);
    }
}

/// The same for one query.
FB_APART void fb_gather_one(const fb_attention *job, fb_queries *queries, int32_t begin, int32_t end, int32_t query) {
    switch (job->cache) {
    case FB_CACHE_F32: fb_gather(job, queries, begin, end, query, 1, FB_CACHE_F32); break;
    case FB_CACHE_F16: fb_gather(job, queries, begin, end, query, 1, FB_CACHE_F16); break;
    case FB_CACHE_Q8: fb_gather(job, queries, begin, end, query, 1, FB_CACHE_Q8); break;
    }
}

/// The values of a span: together where all queries see them, and query by query what only some do, positions ascending.
FB_INLINE void fb_gather_span(const fb_attention *job, fb_queries *queries, int32_t start, const int count, const fb_cache cache) {
    const int32_t stop = start + FB_KV_SPAN;
    int32_t begin = fb_larger(queries->first[count - 1], start), end = fb_smaller(queries->last[0] + 1, stop);
    if (begin >= end) begin = end = stop;
    for (int k = 0; k < count; k++) {
        int32_t own = fb_larger(queries->first[k], start), until = fb_smaller(queries->last[k] + 1, begin);
        if (own < until) fb_gather_one(job, queries, own, until, k);
    }
    if (begin < end) fb_gather(job, queries, begin, end, 0, count, cache);
    for (int k = 0; k < count; k++) {
        int32_t own = fb_larger(queries->first[k], end), until = fb_smaller(queries->last[k] + 1, stop);
        if (own < until) fb_gather_one(job, queries, own, until, k);
    }
}

/// Softmax(q K^T scale) V with a running maximum, one span of cache blocks after the other, for some queries at once that
/// share keys and values. Spans are fixed, so the result does not depend on how the sequence was cut into chunks or rows
/// into passes.
FB_INLINE void fb_attend_queries(const fb_attention *job, fb_queries *queries, int32_t first, const int count, const fb_cache cache) {
    for (int k = 0; k < count; k++) {
        int32_t row = (first + k) / job->group, head = (first + k) % job->group, position = job->position + row;
        const float *q = job->q + (size_t)row * job->q_stride + (size_t)head * job->head_stride;
        memcpy(queries->q[k], q, (size_t)job->head_dim * sizeof *q);
        memset(queries->sum[k], 0, (size_t)job->padded_dim * sizeof *q);
        queries->total[k] = fb_splat(0);
        queries->largest[k] = -INFINITY;
        queries->first[k] = position < job->window ? 0 : position - job->window + 1;
        queries->last[k] = position;
    }
    const int32_t least = queries->first[0] / FB_KV_BLOCK, most = queries->last[count - 1] / FB_KV_BLOCK;
    const int32_t span = FB_KV_SPAN / FB_KV_BLOCK;
    for (int32_t start = least / span * span; start <= most; start += span) {
        for (int32_t block = start; block < start + span; block++) {
            if (block >= least && block <= most) {
                fb_score(job, queries, block, count, cache);
            } else {
                for (int k = 0; k < count; k++) fb_store(queries->weight[k] + FB_KV_BLOCK * (block - start), fb_splat(-INFINITY));
            }
        }
        for (int k = 0; k < count; k++) fb_weigh(job, queries, k);
        fb_gather_span(job, queries, FB_KV_BLOCK * start, count, cache);
    }
    for (int k = 0; k < count; k++) {
        int32_t row = (first + k) / job->group, head = (first + k) % job->group;
        float *out = job->out + (size_t)row * job->out_stride + (size_t)head * job->head_stride;
        float total = fb_sum(queries->total[k]);
        for (int32_t i = 0; i < job->head_dim; i++) out[i] = queries->sum[k][i] / total;
    }
}

#define FB_ATTEND_CASE(COUNT)                                                                                     \
    case COUNT:                                                                                                   \
        if (COUNT <= FB_QUERIES) fb_attend_queries(job, &queries, first, COUNT <= FB_QUERIES ? COUNT : 1, cache); \
        break;

/// All queries, in as few passes as there are registers for and as even ones.
FB_INLINE void fb_attend_rows(const fb_attention *job, const fb_cache cache) {
    fb_queries queries;
    int32_t total = job->rows * job->group, passes = (total + FB_QUERIES - 1) / FB_QUERIES;
    for (int32_t pass = 0; pass < passes; pass++) {
        int32_t first = total * pass / passes, end = total * (pass + 1) / passes;
        switch (end - first) {
            FB_ATTEND_CASE(1) FB_ATTEND_CASE(2) FB_ATTEND_CASE(3) FB_ATTEND_CASE(4)
            FB_ATTEND_CASE(5) FB_ATTEND_CASE(6) FB_ATTEND_CASE(7) FB_ATTEND_CASE(8)
            FB_ATTEND_CASE(9) FB_ATTEND_CASE(10) FB_ATTEND_CASE(11) FB_ATTEND_CASE(12)
            FB_ATTEND_CASE(13) FB_ATTEND_CASE(14) FB_ATTEND_CASE(15) FB_ATTEND_CASE(16)
        }
    }
}

static void fb_attend(const fb_attention *job) {
    switch (job->cache) {
    case FB_CACHE_F32: fb_attend_rows(job, FB_CACHE_F32); break;
    case FB_CACHE_F16: fb_attend_rows(job, FB_CACHE_F16); break;
    case FB_CACHE_Q8: fb_attend_rows(job, FB_CACHE_Q8); break;
    }
}
