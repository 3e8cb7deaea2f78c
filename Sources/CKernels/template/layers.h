// Norm, activation, rotary embedding and the largest logit.

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

static void fb_blend(float *y, float a, const float *x, float b, int32_t count) {
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) fb_store(y + i, fb_fma(fb_splat(b), fb_load(x + i), fb_splat(a) * fb_load(y + i)));
    for (; i < count; i++) y[i] = fmaf(b, x[i], a * y[i]);
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

/// The largest of some numbers; those that are not numbers do not count.
FB_INLINE float fb_largest_of(const float *x, int32_t count) {
    v16f best = fb_splat(-INFINITY);
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        v16f v = fb_load(x + i);
        v16i take = v > best;
        best = (v16f)((take & (v16i)v) | (~take & (v16i)best));
    }
    float largest = fb_largest(best);
    for (; i < count; i++) largest = x[i] > largest ? x[i] : largest;
    return largest;
}

#define FB_LARGEST_BLOCK 1024

/// The first index of the largest number; numbers that are not numbers do not count. It is looked for only in the block that
/// had it.
static int32_t fb_index_of_largest(const float *x, int32_t count) {
    float largest = -INFINITY;
    int32_t first = 0;
    for (int32_t i = 0; i < count; i += FB_LARGEST_BLOCK) {
        float here = fb_largest_of(x + i, count - i < FB_LARGEST_BLOCK ? count - i : FB_LARGEST_BLOCK);
        if (here > largest) {
            largest = here;
            first = i;
        }
    }
    for (int32_t i = first; i < count; i++) {
        if (x[i] == largest) return i;
    }
    return 0;
}
