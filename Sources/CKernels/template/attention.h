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

/// Cache blocks whose scores share one update of the running maximum.
#define FB_SPAN 4

/// sum[head] += q K^T over some dimensions, without scales.
FB_INLINE void fb_score_dimensions(const fb_attention *job, const float *q, int32_t begin, int32_t end, const int heads, const fb_cache cache, const uint8_t *keys, v16f *sum) {
    const size_t step = FB_KV_BLOCK * fb_cached_bytes(cache);
    for (int32_t d = begin; d < end; d++) {
        v16f key = fb_load_cached(keys + step * (size_t)d, cache);
        FB_UNROLL for (int h = 0; h < heads; h++) sum[h] = fb_fma(key, fb_splat(q[(size_t)h * job->head_stride + (size_t)d]), sum[h]);
    }
}

/// Scores of 16 positions for some heads; positions that the row does not see get minus infinity.
FB_INLINE void fb_score(const fb_attention *job, const float *q, int32_t block, const int heads, const fb_cache cache, v16f score[][FB_SPAN], int at) {
    const uint8_t *keys = job->keys + (size_t)job->blocks[block] * job->key_block_bytes + job->key_offset;
    v16f sum[FB_HEADS];
    FB_UNROLL for (int h = 0; h < heads; h++) sum[h] = fb_splat(0);
    const size_t step = FB_KV_BLOCK * fb_cached_bytes(cache);
    if (cache == FB_CACHE_Q8) {
        const uint8_t *scales = keys + step * (size_t)job->head_dim;
        for (int32_t begin = 0; begin < job->head_dim; begin += FB_CACHE_GROUP, scales += sizeof(v16h)) {
            int32_t end = job->head_dim < begin + FB_CACHE_GROUP ? job->head_dim : begin + FB_CACHE_GROUP;
            v16f part[FB_HEADS];
            FB_UNROLL for (int h = 0; h < heads; h++) part[h] = fb_splat(0);
            fb_score_dimensions(job, q, begin, end, heads, cache, keys, part);
            v16f scale = fb_load_half(scales);
            FB_UNROLL for (int h = 0; h < heads; h++) sum[h] = fb_fma(part[h], scale, sum[h]);
        }
    } else {
        fb_score_dimensions(job, q, 0, job->head_dim, heads, cache, keys, sum);
    }
    const v16i lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    v16i position = lanes + FB_KV_BLOCK * block;
    v16i hidden = (position < job->first) | (position > job->last);
    FB_UNROLL for (int h = 0; h < heads; h++) {
        v16f scaled = sum[h] * fb_splat(job->scale);
        score[h][at] = (v16f)((hidden & (v16i)fb_splat(-INFINITY)) | (~hidden & (v16i)scaled));
    }
}

/// sum[head] += weight V over the positions of one cache block.
FB_INLINE void fb_gather(const fb_attention *job, int32_t block, int32_t begin, int32_t end, const int heads, const fb_cache cache, const float *weight, float sum[][FB_MAX_HEAD]) {
    const size_t bytes = fb_cached_bytes(cache);
    const size_t step = (size_t)job->padded_dim * bytes;
    const uint8_t *values = job->values + (size_t)job->blocks[block] * job->value_block_bytes + job->value_offset;
    const _Float16 *scales = (const _Float16 *)(values + FB_KV_BLOCK * step);
    const int32_t groups = (job->head_dim + FB_CACHE_GROUP - 1) / FB_CACHE_GROUP;
    for (int32_t i = 0; i < job->padded_dim; i += 16) {
        v16f part[FB_HEADS];
        FB_UNROLL for (int h = 0; h < heads; h++) part[h] = fb_load(sum[h] + i);
        const uint8_t *v = values + (size_t)i * bytes + (size_t)begin * step;
        for (int32_t p = begin; p < end; p++, v += step) {
            v16f value = fb_load_cached(v, cache);
            if (cache == FB_CACHE_Q8) value *= fb_splat((float)scales[p * groups + i / FB_CACHE_GROUP]);
            FB_UNROLL for (int h = 0; h < heads; h++) part[h] = fb_fma(value, fb_splat(weight[FB_SPAN * FB_KV_BLOCK * h + p]), part[h]);
        }
        FB_UNROLL for (int h = 0; h < heads; h++) fb_store(sum[h] + i, part[h]);
    }
}

/// Softmax(q K^T scale) V with a running maximum, one span of cache blocks after the other, for some heads at once that
/// share keys and values. Spans are fixed, so the result does not depend on how the sequence was cut into chunks.
FB_INLINE void fb_attention_heads(const fb_attention *job, int32_t head, const int heads, const fb_cache cache) {
    const float *q = job->q + (size_t)head * job->head_stride;
    float sum[FB_HEADS][FB_MAX_HEAD], weight[FB_HEADS][FB_SPAN * FB_KV_BLOCK];
    float largest[FB_HEADS], total[FB_HEADS];
    FB_UNROLL for (int h = 0; h < heads; h++) {
        for (int32_t i = 0; i < job->padded_dim; i += 16) fb_store(sum[h] + i, fb_splat(0));
        largest[h] = -INFINITY;
        total[h] = 0;
    }
    const int32_t span = FB_SPAN * FB_KV_BLOCK;
    for (int32_t start = job->first / span * span; start <= job->last; start += span) {
        int32_t first = job->first > start ? job->first : start;
        int32_t last = job->last < start + span ? job->last : start + span - 1;
        v16f score[FB_HEADS][FB_SPAN];
        for (int b = 0; b < FB_SPAN; b++) {
            int32_t block = start / FB_KV_BLOCK + b;
            if (block < first / FB_KV_BLOCK || block > last / FB_KV_BLOCK) {
                FB_UNROLL for (int h = 0; h < heads; h++) score[h][b] = fb_splat(-INFINITY);
            } else {
                fb_score(job, q, block, heads, cache, score, b);
            }
        }
        for (int h = 0; h < heads; h++) {
            float peak = fb_largest(fb_max(fb_max(score[h][0], score[h][1]), fb_max(score[h][2], score[h][3])));
            if (peak > largest[h]) {
                v16f shrink = fb_splat(fb_exp(fb_splat(largest[h] - peak))[0]);
                for (int32_t i = 0; i < job->padded_dim; i += 16) fb_store(sum[h] + i, fb_load(sum[h] + i) * shrink);
                total[h] *= shrink[0];
                largest[h] = peak;
            }
            v16f seen = fb_splat(0);
            FB_UNROLL for (int b = 0; b < FB_SPAN; b++) {
                v16f weights = fb_exp(score[h][b] - fb_splat(largest[h]));
                fb_store(weight[h] + FB_KV_BLOCK * b, weights);
                seen += weights;
            }
            total[h] += fb_sum(seen);
        }
        for (int32_t block = first / FB_KV_BLOCK; block <= last / FB_KV_BLOCK; block++) {
            int32_t begin = first - FB_KV_BLOCK * block, end = last + 1 - FB_KV_BLOCK * block;
            fb_gather(
                job, block, begin < 0 ? 0 : begin, end > FB_KV_BLOCK ? FB_KV_BLOCK : end, heads, cache,
                weight[0] + FB_KV_BLOCK * block - start, sum);
        }
    }
    for (int h = 0; h < heads; h++) {
        float *out = job->out + (size_t)(head + h) * job->head_stride;
        for (int32_t i = 0; i < job->head_dim; i++) out[i] = sum[h][i] / total[h];
    }
}

FB_INLINE void fb_attend_group(const fb_attention *job, const fb_cache cache) {
    int32_t head = 0;
    for (; head + FB_HEADS <= job->group; head += FB_HEADS) fb_attention_heads(job, head, FB_HEADS, cache);
    switch (job->group - head) {
#if FB_HEADS > 2
    case 7: fb_attention_heads(job, head, 7, cache); break;
    case 6: fb_attention_heads(job, head, 6, cache); break;
    case 5: fb_attention_heads(job, head, 5, cache); break;
    case 4: fb_attention_heads(job, head, 4, cache); break;
    case 3: fb_attention_heads(job, head, 3, cache); break;
    case 2: fb_attention_heads(job, head, 2, cache); break;
#endif
    case 1: fb_attention_heads(job, head, 1, cache); break;
    default: break;
    }
}

static void fb_attend(const fb_attention *job) {
    switch (job->cache) {
    case FB_CACHE_F32: fb_attend_group(job, FB_CACHE_F32); break;
    case FB_CACHE_F16: fb_attend_group(job, FB_CACHE_F16); break;
    case FB_CACHE_Q8: fb_attend_group(job, FB_CACHE_Q8); break;
    }
}
