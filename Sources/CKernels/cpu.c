#include "sets.h"

#if defined(__x86_64__)
#include <cpuid.h>

/// The state components that the operating system saves: 6 are the YMM registers, 0xe6 the ZMM registers and masks too.
static uint64_t saved_state(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}
#endif

int32_t fb_kernels_available(const fb_kernels *_Nonnull *_Nonnull sets, int32_t capacity) {
    const fb_kernels *found[4];
    int32_t count = 0;
#if defined(__x86_64__)
    uint32_t a, b, c, d;
    if (__get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE) && (c & bit_FMA) && (c & bit_F16C)) {
        uint64_t state = saved_state();
        uint32_t wide = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
        if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX2) && (state & 6) == 6) {
            if ((state & 0xe6) == 0xe6 && (b & wide) == wide && (c & bit_AVX512VNNI)) {
                if (__get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & bit_AVX512BF16)) found[count++] = &fb_avx512_bf16;
                found[count++] = &fb_avx512;
            }
            found[count++] = &fb_avx2;
        }
    }
#endif
    found[count++] = &fb_scalar;
    int32_t written = count < capacity ? count : capacity;
    for (int32_t i = 0; i < written; i++) sets[i] = found[i];
    return written;
}

const float fb_nf4_codes[16] = {
    -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f,
    -0.09105003625154495f, 0.0f, 0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
    0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f,
};

const uint8_t fb_nf4_bytes[16] = {16, 50, 69, 84, 96, 107, 118, 128, 137, 146, 156, 166, 177, 191, 209, 240};

float fb_half_to_float(uint16_t half) {
    _Float16 h;
    __builtin_memcpy(&h, &half, sizeof h);
    return (float)h;
}

uint16_t fb_float_to_half(float value) {
    _Float16 h = (_Float16)value;
    uint16_t half;
    __builtin_memcpy(&half, &h, sizeof half);
    return half;
}

uint64_t fb_read(const void *memory, size_t bytes) {
    typedef uint64_t line __attribute__((vector_size(64)));
    const line *from = memory;
    line sum = {0};
    for (size_t i = 0; i < bytes / sizeof(line); i++) sum += from[i];
    return sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7];
}
