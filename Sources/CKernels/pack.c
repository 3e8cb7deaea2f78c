// Between the rows of checkpoints and the tiles of the kernels.
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

static void set_half(uint8_t *lanes, int32_t lane, float value) {
    uint16_t half = fb_float_to_half(value);
    memcpy(lanes + 2 * lane, &half, sizeof half);
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

/// How many bytes the codes of a block of 32 take.
static int code_bytes(fb_format format) {
    return format == FB_U8 || format == FB_U8_MIN || format == FB_U8_TWO ? 512 : 256;
}

void fb_pack_block(
    fb_format format, const uint8_t *codes, const float *scales, const float *minimums, uint8_t *block, int32_t lane
) {
    int bytes = code_bytes(format);
    for (int k = 0; k < 32; k++) {
        if (bytes == 512) *byte_at(block, k, lane) = codes[k];
        else set_nibble(block, k, lane, codes[k]);
    }
    block += bytes;
    switch (format) {
    case FB_U8: case FB_U4: set_half(block, lane, scales[0]); break;
    case FB_U4_HALF_MIN:
        set_half(block, lane, scales[0]);
        set_half(block + 32, lane, minimums[0]);
        break;
    case FB_U8_MIN: case FB_U4_MIN:
        set_float(block, lane, scales[0]);
        set_float(block + 64, lane, minimums[0]);
        break;
    case FB_U4_TABLE: set_float(block, lane, scales[0]); break;
    case FB_U4_TWO_MIN:
        set_float(block + 128, lane, minimums[0]);
        set_float(block + 192, lane, minimums[1]);
        // fall through: its scales are where the others have theirs
    case FB_U8_TWO: case FB_U4_TABLE_TWO:
        set_float(block, lane, scales[0]);
        set_float(block + 64, lane, scales[1]);
        break;
    case FB_F32: case FB_F16: case FB_BF16: case FB_NF4: break;
    }
}

void fb_pack_numbers(const uint8_t *row, int32_t inputs, int32_t bytes, uint8_t *tile, int32_t lane) {
    for (int32_t k = 0; k < inputs; k++) memcpy(tile + (16 * k + lane) * bytes, row + k * bytes, (size_t)bytes);
}

void fb_pack_nf4_row(const uint8_t *codes, const float *maxima, int32_t inputs, uint8_t *tile, int32_t lane) {
    for (int32_t b = 0; b < inputs / 64; b++, codes += 32, tile += 576) {
        for (int k = 0; k < 64; k++) set_nibble(tile + 256 * (k / 32), k % 32, lane, k % 2 ? codes[k / 2] & 15 : codes[k / 2] >> 4);
        set_float(tile + 512, lane, maxima[b]);
    }
}

/// The value of input i of a block of 32.
static float value_in_block(fb_format format, const uint8_t *block, const uint8_t *table, int i, int32_t lane) {
    int bytes = code_bytes(format), half = i / 16;
    int code = bytes == 512 ? block[64 * (i / 4) + 4 * lane + i % 4] : nibble_at(block, i, lane);
    block += bytes;
    switch (format) {
    case FB_U8: return half_at(block + 2 * lane) * (float)(code - 128);
    case FB_U4: return half_at(block + 2 * lane) * (float)(code - 8);
    case FB_U4_HALF_MIN: return half_at(block + 2 * lane) * (float)code - half_at(block + 32 + 2 * lane);
    case FB_U8_MIN: case FB_U4_MIN: return get_float(block, lane) * (float)code - get_float(block + 64, lane);
    case FB_U8_TWO: return get_float(block + 64 * half, lane) * (float)(code - 32);
    case FB_U4_TWO_MIN: return get_float(block + 64 * half, lane) * (float)code - get_float(block + 128 + 64 * half, lane);
    case FB_U4_TABLE: return get_float(block, lane) * (float)(table[code] - 128);
    case FB_U4_TABLE_TWO: return get_float(block + 64 * half, lane) * (float)(table[code] - 128);
    case FB_F32: case FB_F16: case FB_BF16: case FB_NF4: break;
    }
    return 0;
}

static size_t block_bytes(fb_format format) {
    switch (format) {
    case FB_U8: case FB_U8_MIN: case FB_U8_TWO: return format == FB_U8 ? 544 : 640;
    case FB_U4: return 288;
    case FB_U4_HALF_MIN: case FB_U4_TABLE: return 320;
    case FB_U4_MIN: case FB_U4_TABLE_TWO: return 384;
    case FB_U4_TWO_MIN: return 512;
    case FB_F32: case FB_F16: case FB_BF16: case FB_NF4: break;
    }
    return 0;
}

void fb_unpack_row(fb_format format, const uint8_t *tile, const uint8_t *table, int32_t inputs, int32_t lane, float *out) {
    for (int32_t k = 0; k < inputs; k++) {
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
            out[k] = fb_nf4_codes[nibble_at(block + 256 * (k % 64 / 32), k % 32, lane)] * get_float(block + 512, lane);
            break;
        }
        default: out[k] = value_in_block(format, tile + (size_t)(k / 32) * block_bytes(format), table, k % 32, lane);
        }
    }
}
