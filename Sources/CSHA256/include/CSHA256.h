#pragma once

#include <stddef.h>
#include <stdint.h>

/// A SHA-256 computation under way (FIPS 180-4).
typedef struct {
    uint32_t state[8];
    uint8_t block[64];
    /// Bytes taken so far; the last `length % 64` of them wait in `block`.
    uint64_t length;
} fusebox_sha256;

/// Begins a computation.
fusebox_sha256 fusebox_sha256_begin(void);

/// Takes `count` more bytes.
void fusebox_sha256_update(fusebox_sha256 *_Nonnull hash, const void *_Nullable bytes, size_t count);

/// Ends the computation: `state` is the digest, the first word the most significant.
void fusebox_sha256_finish(fusebox_sha256 *_Nonnull hash);

/// Takes whole blocks of 64 bytes into the state.
typedef void (*fusebox_sha256_blocks)(uint32_t *_Nonnull state, const uint8_t *_Nonnull bytes, size_t blocks);

/// The implementation that the processor is best at, and the one that runs on all.
fusebox_sha256_blocks _Nonnull fusebox_sha256_best(void);
void fusebox_sha256_portable(uint32_t *_Nonnull state, const uint8_t *_Nonnull bytes, size_t blocks);
