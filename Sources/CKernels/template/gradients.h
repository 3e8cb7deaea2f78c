// What training needs beside the passes of the engine: softmax, and the slopes of softmax, norm and activation.

/// x = e^x / sum(e^x); returns ln(sum(e^x)).
static float fb_softmax(float *x, int32_t count) {
    float largest = fb_largest_of(x, count);
    v16f sums = fb_splat(0);
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        v16f power = fb_exp(fb_load(x + i) - fb_splat(largest));
        fb_store(x + i, power);
        sums += power;
    }
    float sum = fb_sum(sums);
    for (; i < count; i++) {
        x[i] = fb_exp(fb_splat(x[i] - largest))[0];
        sum += x[i];
    }
    float scale = 1.0f / sum;
    for (i = 0; i + 16 <= count; i += 16) fb_store(x + i, fb_load(x + i) * fb_splat(scale));
    for (; i < count; i++) x[i] *= scale;
    return largest + logf(sum);
}

/// slopes = p (slopes - sum(p slopes)): from those of softmax's outputs p to those of its inputs.
static void fb_softmax_gradient(const float *p, float *slopes, int32_t count) {
    v16f sums = fb_splat(0);
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) sums = fb_fma(fb_load(p + i), fb_load(slopes + i), sums);
    float mean = fb_sum(sums);
    for (; i < count; i++) mean = fmaf(p[i], slopes[i], mean);
    for (i = 0; i + 16 <= count; i += 16) fb_store(slopes + i, fb_load(p + i) * (fb_load(slopes + i) - fb_splat(mean)));
    for (; i < count; i++) slopes[i] = p[i] * (slopes[i] - mean);
}

/// dx += the slopes of fb_rms_norm's input, from those of its output.
static void fb_rms_norm_gradient(const float *x, const float *weight, const float *dy, int32_t count, float epsilon, float *dx) {
    v16f squares = fb_splat(0), products = fb_splat(0);
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        v16f v = fb_load(x + i);
        squares = fb_fma(v, v, squares);
        products = fb_fma(v * fb_load(weight + i), fb_load(dy + i), products);
    }
    float square = fb_sum(squares), product = fb_sum(products);
    for (; i < count; i++) {
        square = fmaf(x[i], x[i], square);
        product = fmaf(x[i] * weight[i], dy[i], product);
    }
    float scale = 1.0f / sqrtf(square / (float)count + epsilon);
    float pull = scale * scale * scale * product / (float)count;
    for (i = 0; i + 16 <= count; i += 16) {
        v16f slope = fb_splat(scale) * fb_load(weight + i) * fb_load(dy + i) - fb_splat(pull) * fb_load(x + i);
        fb_store(dx + i, fb_load(dx + i) + slope);
    }
    for (; i < count; i++) dx[i] += scale * weight[i] * dy[i] - pull * x[i];
}

/// The activation of x and its slope there.
FB_INLINE v16f fb_activation_slope(v16f x, const fb_gate activation, v16f *value) {
    v16f one = fb_splat(1.0f);
    switch (activation) {
    case FB_SILU: {
        v16f share = one / (one + fb_exp(-x));
        *value = x * share;
        return fb_fma(*value, one - share, share);
    }
    case FB_GELU: {
        // Half of 1 + erf(x / sqrt 2), and the density of the normal distribution.
        v16f share = fb_splat(0.5f) * (one + fb_erf(x * fb_splat(0.70710678f)));
        v16f density = fb_splat(0.39894228f) * fb_exp(fb_splat(-0.5f) * x * x);
        *value = x * share;
        return fb_fma(x, density, share);
    }
    case FB_GELU_TANH: {
        v16f square = x * x;
        v16f share = one / (one + fb_exp(fb_fma(square, fb_splat(0.044715f), one) * x * fb_splat(-1.59576912f)));
        v16f inner = fb_splat(1.59576912f) * fb_fma(square, fb_splat(3.0f * 0.044715f), one);
        *value = x * share;
        return fb_fma(*value * (one - share), inner, share);
    }
    }
}

/// Sixteen of fb_gate_gradient's.
FB_INLINE void fb_gate_slopes(float *gate, float *up, const float *slopes, const fb_gate activation) {
    v16f value, slope = fb_activation_slope(fb_load(gate), activation, &value);
    v16f outer = fb_load(slopes);
    fb_store(gate, outer * fb_load(up) * slope);
    fb_store(up, outer * value);
}

FB_INLINE void fb_gate_row_gradient(float *gate, float *up, const float *slopes, int32_t count, const fb_gate activation) {
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) fb_gate_slopes(gate + i, up + i, slopes + i, activation);
    if (i == count) return;
    float g[16] = {0}, u[16] = {0}, s[16] = {0};
    size_t bytes = sizeof(float) * (size_t)(count - i);
    memcpy(g, gate + i, bytes);
    memcpy(u, up + i, bytes);
    memcpy(s, slopes + i, bytes);
    fb_gate_slopes(g, u, s, activation);
    memcpy(gate + i, g, bytes);
    memcpy(up + i, u, bytes);
}

/// Puts the slopes of gate and up in their places, from those of activation(gate) * up.
static void fb_gate_gradient(float *gate, float *up, const float *slopes, int32_t count, fb_gate activation) {
    switch (activation) {
    case FB_SILU: fb_gate_row_gradient(gate, up, slopes, count, FB_SILU); break;
    case FB_GELU: fb_gate_row_gradient(gate, up, slopes, count, FB_GELU); break;
    case FB_GELU_TANH: fb_gate_row_gradient(gate, up, slopes, count, FB_GELU_TANH); break;
    }
}
