// Between the rows of checkpoints (ggml's block layouts) and the tiles of the kernels.
#include <string.h>

#include "CKernels.h"

static uint16_t half_bits(const uint8_t *from) {
    uint16_t bits;
    memcpy(&bits, from, sizeof bits);
    return bits;
}

static float half_at(const uint8_t *from) {
    return fb_half_to_float(half_bits(from));
}

static void set_float(uint8_t *lanes, int32_t lane, float value) {
    memcpy(lanes + 4 * lane, &value, sizeof value);
}

static float get_float(const uint8_t *lanes, int32_t lane) {
    float value;
    memcpy(&value, lanes + 4 * lane, sizeof value);
    return value;
}

/// Input k of a block of 32 as a byte of FB_U8's layout.
static uint8_t *byte_at(uint8_t *block, int k, int32_t lane) {
    return block + 64 * (k / 4) + 4 * lane + k % 4;
}

static void set_nibble(uint8_t *block, int k, int32_t lane, uint8_t value) {
    uint8_t *byte = byte_at(block, k % 16, lane);
    *byte = k < 16 ? (uint8_t)((*byte & 0xF0) | value) : (uint8_t)((*byte & 0x0F) | value << 4);
}

static uint8_t nibble_at(const uint8_t *block, int k, int32_t lane) {
    uint8_t pair = block[64 * (k % 16 / 4) + 4 * lane + k % 4];
    return k < 16 ? pair & 15 : pair >> 4;
}

static void pack_q8_0(const uint8_t *row, int32_t inputs, uint8_t *tile, int32_t lane) {
    for (int32_t b = 0; b < inputs / 32; b++, row += 34, tile += 544) {
        for (int k = 0; k < 32; k++) *byte_at(tile, k, lane) = (uint8_t)((int8_t)row[2 + k] + 128);
        memcpy(tile + 512 + 2 * lane, row, 2);
    }
}

static void pack_q5_0(const uint8_t *row, int32_t inputs, uint8_t *tile, int32_t lane) {
    for (int32_t b = 0; b < inputs / 32; b++, row += 22, tile += 544) {
        uint32_t fifth;
        memcpy(&fifth, row + 2, sizeof fifth);
        for (int k = 0; k < 32; k++) {
            uint8_t low = k < 16 ? row[6 + k] & 15 : row[6 + k - 16] >> 4;
            *byte_at(tile, k, lane) = (uint8_t)((low | (fifth >> k & 1) << 4) + 128 - 16);
        }
        memcpy(tile + 512 + 2 * lane, row, 2);
    }
}

static void pack_q4_0(const uint8_t *row, int32_t inputs, uint8_t *tile, int32_t lane) {
    for (int32_t b = 0; b < inputs / 32; b++, row += 18, tile += 288) {
        for (int k = 0; k < 32; k++) set_nibble(tile, k, lane, k < 16 ? row[2 + k] & 15 : row[2 + k - 16] >> 4);
        memcpy(tile + 256 + 2 * lane, row, 2);
    }
}

/// The 6-bit scale and minimum of sub-block j of Q4_K and Q5_K.
static void scale_and_minimum(const uint8_t *packed, int j, uint8_t *scale, uint8_t *minimum) {
    if (j < 4) {
        *scale = packed[j] & 63;
        *minimum = packed[j + 4] & 63;
    } else {
        *scale = (uint8_t)((packed[j + 4] & 15) | (packed[j - 4] >> 6) << 4);
        *minimum = (uint8_t)(packed[j + 4] >> 4 | (packed[j] >> 6) << 4);
    }
}

/// Q4_K (no `high` bits) and Q5_K: d, dmin, 12 bytes of scales, then [Q5_K: 32 bytes of fifth bits], 128 bytes of nibbles.
static void pack_k(const uint8_t *row, int32_t inputs, uint8_t *tile, int32_t lane, int five) {
    int nibbles = five ? 48 : 16, block_bytes = five ? 176 : 144;
    int bytes = five ? 512 : 256;
    for (int32_t b = 0; b < inputs / 256; b++, row += block_bytes) {
        float d = half_at(row), least = half_at(row + 2);
        for (int j = 0; j < 8; j++, tile += bytes + 128) {
            uint8_t scale, minimum;
            scale_and_minimum(row + 4, j, &scale, &minimum);
            for (int k = 0; k < 32; k++) {
                uint8_t pair = row[nibbles + 32 * (j / 2) + k];
                uint8_t value = j % 2 ? pair >> 4 : pair & 15;
                if (five) {
                    *byte_at(tile, k, lane) = (uint8_t)(value | (row[16 + k] >> j & 1) << 4);
                } else {
                    set_nibble(tile, k, lane, value);
                }
            }
            set_float(tile + bytes, lane, d * (float)scale);
            set_float(tile + bytes + 64, lane, least * (float)minimum);
        }
    }
}

/// Q6_K: 128 bytes of low nibbles, 64 bytes of high pairs, 16 signed scales, d.
static void pack_q6_k(const uint8_t *row, int32_t inputs, uint8_t *tile, int32_t lane) {
    for (int32_t b = 0; b < inputs / 256; b++, row += 210) {
        float d = half_at(row + 208);
        for (int j = 0; j < 8; j++, tile += 640) {
            for (int k = 0; k < 32; k++) {
                int half = j / 4, quarter = j % 4;
                uint8_t low = row[64 * half + 32 * (quarter % 2) + k];
                uint8_t nibble = quarter < 2 ? low & 15 : low >> 4;
                uint8_t high = row[128 + 32 * half + k] >> (2 * quarter) & 3;
                *byte_at(tile, k, lane) = (uint8_t)(nibble | high << 4);
            }
            set_float(tile + 512, lane, d * (float)(int8_t)row[192 + 2 * j]);
            set_float(tile + 576, lane, d * (float)(int8_t)row[192 + 2 * j + 1]);
        }
    }
}

static void pack_elements(const uint8_t *row, int32_t inputs, uint8_t *tile, int32_t lane, int32_t bytes) {
    for (int32_t k = 0; k < inputs; k++) memcpy(tile + (16 * k + lane) * bytes, row + k * bytes, (size_t)bytes);
}

void fb_pack_row(fb_source source, const uint8_t *row, int32_t inputs, uint8_t *tile, int32_t lane) {
    switch (source) {
    case FB_SOURCE_F32: pack_elements(row, inputs, tile, lane, 4); break;
    case FB_SOURCE_F16: case FB_SOURCE_BF16: pack_elements(row, inputs, tile, lane, 2); break;
    case FB_SOURCE_Q8_0: pack_q8_0(row, inputs, tile, lane); break;
    case FB_SOURCE_Q5_0: pack_q5_0(row, inputs, tile, lane); break;
    case FB_SOURCE_Q4_0: pack_q4_0(row, inputs, tile, lane); break;
    case FB_SOURCE_Q4_K: pack_k(row, inputs, tile, lane, 0); break;
    case FB_SOURCE_Q5_K: pack_k(row, inputs, tile, lane, 1); break;
    case FB_SOURCE_Q6_K: pack_q6_k(row, inputs, tile, lane); break;
    }
}

static int32_t halves_are_finite(const uint8_t *row, int32_t count, int32_t step, uint16_t exponent) {
    for (int32_t i = 0; i < count; i++) {
        if ((half_bits(row + (size_t)i * (size_t)step) & exponent) == exponent) return 0;
    }
    return 1;
}

int32_t fb_row_is_finite(fb_source source, const uint8_t *row, int32_t inputs) {
    const uint16_t half = 0x7C00, bfloat = 0x7F80;
    switch (source) {
    case FB_SOURCE_F32: return halves_are_finite(row + 2, inputs, 4, bfloat);
    case FB_SOURCE_F16: return halves_are_finite(row, inputs, 2, half);
    case FB_SOURCE_BF16: return halves_are_finite(row, inputs, 2, bfloat);
    case FB_SOURCE_Q8_0: return halves_are_finite(row, inputs / 32, 34, half);
    case FB_SOURCE_Q5_0: return halves_are_finite(row, inputs / 32, 22, half);
    case FB_SOURCE_Q4_0: return halves_are_finite(row, inputs / 32, 18, half);
    case FB_SOURCE_Q4_K: return halves_are_finite(row, inputs / 256, 144, half) && halves_are_finite(row + 2, inputs / 256, 144, half);
    case FB_SOURCE_Q5_K: return halves_are_finite(row, inputs / 256, 176, half) && halves_are_finite(row + 2, inputs / 256, 176, half);
    case FB_SOURCE_Q6_K: return halves_are_finite(row + 208, inputs / 256, 210, half);
    }
    return 0;
}

void fb_pack_nf4_row(const uint8_t *codes, const float *maxima, int32_t inputs, uint8_t *tile, int32_t lane) {
    for (int32_t b = 0; b < inputs / 64; b++, codes += 32, tile += 576) {
        for (int k = 0; k < 64; k++) set_nibble(tile + 256 * (k / 32), k % 32, lane, k % 2 ? codes[k / 2] & 15 : codes[k / 2] >> 4);
        set_float(tile + 512, lane, maxima[b]);
    }
}

void fb_unpack_row(fb_format format, const uint8_t *tile, int32_t inputs, int32_t lane, float *out) {
    for (int32_t k = 0; k < inputs; k++) {
        int i = k % 32;
        switch (format) {
        case FB_F32: out[k] = get_float(tile + 64 * (size_t)k, lane); break;
        case FB_F16: out[k] = half_at(tile + 32 * (size_t)k + 2 * lane); break;
        case FB_BF16: {
            uint32_t bits = (uint32_t)half_bits(tile + 32 * (size_t)k + 2 * lane) << 16;
            memcpy(out + k, &bits, sizeof bits);
            break;
        }
        case FB_NF4: {
            const uint8_t *block = tile + (size_t)(k / 64) * 576;
            out[k] = fb_nf4_codes[nibble_at(block + 256 * (k % 64 / 32), i, lane)] * get_float(block + 512, lane);
            break;
        }
        case FB_U8: {
            const uint8_t *block = tile + (size_t)(k / 32) * 544;
            out[k] = half_at(block + 512 + 2 * lane) * (float)(block[64 * (i / 4) + 4 * lane + i % 4] - 128);
            break;
        }
        case FB_U4: case FB_U4_MIN: {
            int bytes = format == FB_U4 ? 288 : 384;
            const uint8_t *block = tile + (size_t)(k / 32) * (size_t)bytes;
            int code = nibble_at(block, i, lane);
            out[k] = format == FB_U4 ? half_at(block + 256 + 2 * lane) * (float)(code - 8)
                                     : get_float(block + 256, lane) * (float)code - get_float(block + 320, lane);
            break;
        }
        case FB_U8_MIN: case FB_U8_TWO: {
            const uint8_t *block = tile + (size_t)(k / 32) * 640;
            int code = block[64 * (i / 4) + 4 * lane + i % 4];
            out[k] = format == FB_U8_TWO ? get_float(block + 512 + 64 * (i / 16), lane) * (float)(code - 32)
                                         : get_float(block + 512, lane) * (float)code - get_float(block + 576, lane);
            break;
        }
        }
    }
}
