// Norm, activation, rotary embedding and attention.

static void fb_rms_norm(const float *x, const float *weight, int32_t count, float epsilon, float *y) {
    v16f squares = fb_splat(0);
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        v16f v = fb_load(x + i);
        squares = fb_fma(v, v, squares);
    }
    float total = fb_sum(squares);
    for (; i < count; i++) total = fmaf(x[i], x[i], total);
    float scale = 1.0f / sqrtf(total / (float)count + epsilon);
    for (i = 0; i + 16 <= count; i += 16) fb_store(y + i, fb_load(x + i) * fb_splat(scale) * fb_load(weight + i));
    for (; i < count; i++) y[i] = x[i] * scale * weight[i];
}

static void fb_silu_multiply(const float *gate, const float *up, float *out, int32_t count) {
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        v16f g = fb_load(gate + i);
        fb_store(out + i, g / (fb_splat(1.0f) + fb_exp(-g)) * fb_load(up + i));
    }
    if (i == count) return;
    float g[16] = {0}, u[16] = {0};
    size_t bytes = sizeof(float) * (size_t)(count - i);
    memcpy(g, gate + i, bytes);
    memcpy(u, up + i, bytes);
    v16f v = fb_load(g);
    v16f silu = v / (fb_splat(1.0f) + fb_exp(-v)) * fb_load(u);
    memcpy(out + i, &silu, bytes);
}

static void fb_add(float *y, const float *x, int32_t count) {
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) fb_store(y + i, fb_load(y + i) + fb_load(x + i));
    for (; i < count; i++) y[i] += x[i];
}

static void fb_rotate(float *x, int32_t heads, int32_t head_dim, size_t head_stride, const float *cosines, const float *sines) {
    int32_t half = head_dim / 2;
    for (int32_t h = 0; h < heads; h++) {
        float *a = x + (size_t)h * head_stride, *b = a + half;
        for (int32_t i = 0; i < half; i++) {
            float low = a[i], high = b[i];
            a[i] = low * cosines[i] - high * sines[i];
            b[i] = high * cosines[i] + low * sines[i];
        }
    }
}

static void fb_store_kv(const float *key, const float *value, int32_t head_dim, int32_t slot, int32_t half, uint8_t *keys, uint8_t *values, int32_t padded_dim) {
    if (half) {
        _Float16 *k = (_Float16 *)keys + slot, *v = (_Float16 *)values + (size_t)slot * (size_t)padded_dim;
        for (int32_t i = 0; i < head_dim; i++) k[i * FB_KV_BLOCK] = (_Float16)key[i], v[i] = (_Float16)value[i];
        for (int32_t i = head_dim; i < padded_dim; i++) v[i] = 0;
    } else {
        float *k = (float *)keys + slot, *v = (float *)values + (size_t)slot * (size_t)padded_dim;
        for (int32_t i = 0; i < head_dim; i++) k[i * FB_KV_BLOCK] = key[i], v[i] = value[i];
        for (int32_t i = head_dim; i < padded_dim; i++) v[i] = 0;
    }
}

/// Cache blocks whose scores share one update of the running maximum.
#define FB_SPAN 4

/// Scores of 16 positions for some heads; positions that the row does not see get minus infinity.
FB_INLINE void fb_score(const fb_attention *job, const float *q, int32_t block, const int heads, const int half, v16f score[][FB_SPAN], int at) {
    const uint8_t *keys = job->keys + (size_t)job->blocks[block] * job->key_block_bytes + job->key_offset;
    v16f sum[FB_HEADS];
    FB_UNROLL for (int h = 0; h < heads; h++) sum[h] = fb_splat(0);
    for (int32_t d = 0; d < job->head_dim; d++) {
        v16f key = half ? fb_load_half(keys + 32 * (size_t)d) : fb_load(keys + 64 * (size_t)d);
        FB_UNROLL for (int h = 0; h < heads; h++) sum[h] = fb_fma(key, fb_splat(q[(size_t)h * job->head_stride + (size_t)d]), sum[h]);
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
FB_INLINE void fb_gather(const fb_attention *job, int32_t block, int32_t begin, int32_t end, const int heads, const int half, const float *weight, float sum[][FB_MAX_HEAD]) {
    const size_t bytes = half ? 2 : 4;
    const size_t step = (size_t)job->padded_dim * bytes;
    const uint8_t *values = job->values + (size_t)job->blocks[block] * job->value_block_bytes + job->value_offset;
    for (int32_t i = 0; i < job->padded_dim; i += 16) {
        v16f part[FB_HEADS];
        FB_UNROLL for (int h = 0; h < heads; h++) part[h] = fb_load(sum[h] + i);
        const uint8_t *v = values + (size_t)i * bytes + (size_t)begin * step;
        for (int32_t p = begin; p < end; p++, v += step) {
            v16f value = half ? fb_load_half(v) : fb_load(v);
            FB_UNROLL for (int h = 0; h < heads; h++) part[h] = fb_fma(value, fb_splat(weight[FB_SPAN * FB_KV_BLOCK * h + p]), part[h]);
        }
        FB_UNROLL for (int h = 0; h < heads; h++) fb_store(sum[h] + i, part[h]);
    }
}

/// Softmax(q K^T scale) V with a running maximum, one span of cache blocks after the other, for some heads at once that
/// share keys and values. Spans are fixed, so the result does not depend on how the sequence was cut into chunks.
FB_INLINE void fb_attention_heads(const fb_attention *job, int32_t head, const int heads, const int half) {
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
                fb_score(job, q, block, heads, half, score, b);
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
                job, block, begin < 0 ? 0 : begin, end > FB_KV_BLOCK ? FB_KV_BLOCK : end, heads, half,
                weight[0] + FB_KV_BLOCK * block - start, sum);
        }
    }
    for (int h = 0; h < heads; h++) {
        float *out = job->out + (size_t)(head + h) * job->head_stride;
        for (int32_t i = 0; i < job->head_dim; i++) out[i] = sum[h][i] / total[h];
    }
}

FB_INLINE void fb_attend_group(const fb_attention *job, const int half) {
    int32_t head = 0;
    for (; head + FB_HEADS <= job->group; head += FB_HEADS) fb_attention_heads(job, head, FB_HEADS, half);
    switch (job->group - head) {
#if FB_HEADS > 2
    case 7: fb_attention_heads(job, head, 7, half); break;
    case 6: fb_attention_heads(job, head, 6, half); break;
    case 5: fb_attention_heads(job, head, 5, half); break;
    case 4: fb_attention_heads(job, head, 4, half); break;
    case 3: fb_attention_heads(job, head, 3, half); break;
    case 2: fb_attention_heads(job, head, 2, half); break;
#endif
    case 1: fb_attention_heads(job, head, 1, half); break;
    default: break;
    }
}

static void fb_attend(const fb_attention *job) {
    if (job->half) {
        fb_attend_group(job, 1);
    } else {
        fb_attend_group(job, 0);
    }
}

/// The first index of the largest number; numbers that are not numbers do not count.
static int32_t fb_index_of_largest(const float *x, int32_t count) {
    v16f best = fb_splat(-INFINITY);
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        v16f v = fb_load(x + i);
        v16i take = v > best;
        best = (v16f)((take & (v16i)v) | (~take & (v16i)best));
    }
    float largest = fb_largest(best);
    for (; i < count; i++) largest = x[i] > largest ? x[i] : largest;
    for (i = 0; i < count; i++) {
        if (x[i] == largest) return i;
    }
    return 0;
}
