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

static void fb_silu_multiply(float *gate, const float *up, int32_t count) {
    for (int32_t i = 0; i < count; i += 16) {
        float g[16] = {0}, u[16] = {0};
        size_t bytes = sizeof(float) * (size_t)(count - i < 16 ? count - i : 16);
        memcpy(g, gate + i, bytes);
        memcpy(u, up + i, bytes);
        v16f v = fb_load(g);
        v16f silu = v / (fb_splat(1.0f) + fb_exp(-v)) * fb_load(u);
        memcpy(gate + i, &silu, bytes);
    }
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

/// Softmax(q K^T scale) V with a running maximum, one cache block of 16 positions after the other. Blocks are fixed, so
/// the result does not depend on how the sequence was cut into chunks.
FB_INLINE void fb_attention_head(const fb_attention *job, const float *q, float *out, const int half) {
    const int bytes = half ? 2 : 4;
    int32_t padded = job->padded_dim;
    float sum[FB_MAX_HEAD];
    for (int32_t i = 0; i < padded; i++) sum[i] = 0;
    float largest = -INFINITY, total = 0;
    for (int32_t block = job->first / FB_KV_BLOCK; block <= job->last / FB_KV_BLOCK; block++) {
        size_t index = (size_t)job->blocks[block];
        const uint8_t *keys = job->keys + index * job->key_block_bytes + job->key_offset;
        const uint8_t *values = job->values + index * job->value_block_bytes + job->value_offset;
        int32_t begin = job->first - block * FB_KV_BLOCK, end = job->last + 1 - block * FB_KV_BLOCK;
        begin = begin < 0 ? 0 : begin;
        end = end > FB_KV_BLOCK ? FB_KV_BLOCK : end;
        v16f even = fb_splat(0), odd = fb_splat(0);
        int32_t d = 0;
        for (; d + 2 <= job->head_dim; d += 2) {
            const uint8_t *k = keys + (size_t)d * FB_KV_BLOCK * (size_t)bytes;
            v16f first = half ? fb_load_half(k) : fb_load(k);
            v16f second = half ? fb_load_half(k + FB_KV_BLOCK * bytes) : fb_load(k + FB_KV_BLOCK * bytes);
            even = fb_fma(first, fb_splat(q[d]), even);
            odd = fb_fma(second, fb_splat(q[d + 1]), odd);
        }
        float score[FB_KV_BLOCK];
        v16f scores = (even + odd) * fb_splat(job->scale);
        memcpy(score, &scores, sizeof score);
        for (int32_t i = 0; i < begin; i++) score[i] = -INFINITY;
        for (int32_t i = end; i < FB_KV_BLOCK; i++) score[i] = -INFINITY;
        float peak = fb_largest(fb_load(score));
        if (peak > largest) {
            float shrink[FB_KV_BLOCK];
            fb_store(shrink, fb_exp(fb_splat(largest - peak)));
            for (int32_t i = 0; i < padded; i += 16) fb_store(sum + i, fb_load(sum + i) * fb_splat(shrink[0]));
            total *= shrink[0];
            largest = peak;
        }
        v16f weights = fb_exp(fb_load(score) - fb_splat(largest));
        total += fb_sum(weights);
        float weight[FB_KV_BLOCK];
        fb_store(weight, weights);
        for (int32_t i = 0; i < padded; i += 16) {
            v16f part = fb_load(sum + i);
            for (int32_t p = begin; p < end; p++) {
                const uint8_t *v = values + ((size_t)p * (size_t)padded + (size_t)i) * (size_t)bytes;
                part = fb_fma(half ? fb_load_half(v) : fb_load(v), fb_splat(weight[p]), part);
            }
            fb_store(sum + i, part);
        }
    }
    for (int32_t i = 0; i < job->head_dim; i++) out[i] = sum[i] / total;
}

static void fb_attend(const fb_attention *job) {
    for (int32_t h = 0; h < job->group; h++) {
        const float *q = job->q + (size_t)h * job->head_stride;
        float *out = job->out + (size_t)h * job->head_stride;
        if (job->half) {
            fb_attention_head(job, q, out, 1);
        } else {
            fb_attention_head(job, q, out, 0);
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

#define FB_KERNELS(NAME)                                                                                      \
    {                                                                                                         \
        .name = NAME, .matmul = fb_multiply, .quantize = fb_quantize, .rms_norm = fb_rms_norm,                \
        .silu_multiply = fb_silu_multiply, .add = fb_add, .rotate = fb_rotate, .attention = fb_attend,        \
        .store_kv = fb_store_kv                                                                               \
    }
