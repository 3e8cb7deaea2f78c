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

/// e^-x^2 times a polynomial in 1 / (1 + p |x|): off by at most 1.5e-7 (Abramowitz and Stegun, 7.1.26).
FB_INLINE v16f fb_erf(v16f x) {
    v16i sign = (v16i)x & (v16i)fb_splat(-0.0f);
    v16f magnitude = (v16f)((v16i)x ^ sign);
    v16f t = fb_splat(1.0f) / fb_fma(fb_splat(0.3275911f), magnitude, fb_splat(1.0f));
    v16f p = fb_splat(1.061405429f);
    p = fb_fma(p, t, fb_splat(-1.453152027f));
    p = fb_fma(p, t, fb_splat(1.421413741f));
    p = fb_fma(p, t, fb_splat(-0.284496736f));
    p = fb_fma(p, t, fb_splat(0.254829592f));
    v16f rest = p * t * fb_exp(-(magnitude * magnitude));
    return (v16f)((v16i)(fb_splat(1.0f) - rest) | sign);
}

FB_INLINE v16f fb_activate(v16f x, const fb_gate activation) {
    switch (activation) {
    case FB_SILU: return x / (fb_splat(1.0f) + fb_exp(-x));
    case FB_GELU: return fb_splat(0.5f) * x * (fb_splat(1.0f) + fb_erf(x * fb_splat(0.70710678f)));
    case FB_GELU_TANH: {
        // (1 + tanh(u)) / 2 is 1 / (1 + e^-2u), with u = sqrt(2 / pi) (x + 0.044715 x^3).
        v16f cubic = fb_fma(x * x, fb_splat(0.044715f), fb_splat(1.0f)) * x;
        return x / (fb_splat(1.0f) + fb_exp(cubic * fb_splat(-1.59576912f)));
    }
    }
}

FB_INLINE void fb_activate_multiply(const float *gate, const float *up, float *out, int32_t count, const fb_gate activation) {
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) fb_store(out + i, fb_activate(fb_load(gate + i), activation) * fb_load(up + i));
    if (i == count) return;
    float g[16] = {0}, u[16] = {0};
    size_t bytes = sizeof(float) * (size_t)(count - i);
    memcpy(g, gate + i, bytes);
    memcpy(u, up + i, bytes);
    v16f product = fb_activate(fb_load(g), activation) * fb_load(u);
    memcpy(out + i, &product, bytes);
}

/// activation(gate) * up for a row.
static void fb_gate_row(const float *gate, const float *up, float *out, int32_t count, fb_gate activation) {
    switch (activation) {
    case FB_SILU: fb_activate_multiply(gate, up, out, count, FB_SILU); break;
    case FB_GELU: fb_activate_multiply(gate, up, out, count, FB_GELU); break;
    case FB_GELU_TANH: fb_activate_multiply(gate, up, out, count, FB_GELU_TANH); break;
    }
}

static void fb_add(float *y, const float *x, int32_t count, float scale) {
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) fb_store(y + i, fb_fma(fb_load(x + i), fb_splat(scale), fb_load(y + i)));
    for (; i < count; i++) y[i] = fmaf(x[i], scale, y[i]);
}

static void fb_cap(float *x, int32_t count, float cap) {
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) fb_store(x + i, fb_soft_cap(fb_load(x + i), cap));
    if (i == count) return;
    float rest[16] = {0};
    size_t bytes = sizeof(float) * (size_t)(count - i);
    memcpy(rest, x + i, bytes);
    v16f capped = fb_soft_cap(fb_load(rest), cap);
    memcpy(x + i, &capped, bytes);
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
