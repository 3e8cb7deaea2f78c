#pragma once

// SIMD kernels behind one table of functions a kernel set, chosen once at start, and the thread pool that runs them.
// Scalars and pointers only: no vector type may appear here, or every Swift importer would need its features.

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Outputs of a weight tile: the lanes of a 512-bit vector of floats.
#define FB_TILE 16
/// Inputs that share one scale of a quantized activation.
#define FB_ACTIVATION_BLOCK 32
/// The largest head dimension.
#define FB_MAX_HEAD 256
/// Positions of a KV cache block: the lanes of an attention score vector.
#define FB_KV_BLOCK 16

/// How a weight matrix is packed. Every format is made of tiles of FB_TILE outputs; inside a tile the inputs ascend.
typedef enum fb_format {
    FB_F32 = 0,    ///< [input][16] float
    FB_F16 = 1,    ///< [input][16] IEEE half
    FB_BF16 = 2,   ///< [input][16] bfloat16
    FB_NF4 = 3,    ///< a block of 64: 2 x the nibbles of FB_U4, then [16] float absmax; value = absmax code
    FB_U8 = 4,     ///< a block of 32: 8 x [16][4] bytes, then [16] half scale; value = scale (byte - 128)
    FB_U4 = 5,     ///< a block of 32: 4 x [16][4] bytes (low nibbles: inputs 4j.., high: 4j+16..), then [16] half scale; value = scale (nibble - 8)
    FB_U8_MIN = 6, ///< a block of 32: as FB_U8, then [16] float scale, [16] float minimum; value = scale byte - minimum
    FB_U4_MIN = 7, ///< a block of 32: as FB_U4, then [16] float scale, [16] float minimum; value = scale nibble - minimum
    FB_U8_TWO = 8, ///< a block of 32: as FB_U8, then [2][16] float scales of 16 inputs each; value = scale (byte - 32)
    FB_U4_HALF_MIN = 9, ///< a block of 32: as FB_U4, then [16] half scale, [16] half minimum; value = scale nibble - minimum
    FB_U4_TWO_MIN = 10, ///< a block of 32: as FB_U4, then [2][16] float scales and minima of 16 inputs each
    FB_U4_TABLE = 11, ///< a block of 32: as FB_U4, then [16] float scale; value = scale (table[nibble] - 128)
    FB_U4_TABLE_TWO = 12, ///< the same with [2][16] float scales of 16 inputs each
} fb_format;

/// Writes one row of numbers of `bytes` bytes into lane `lane` of a tile of FB_F32, FB_F16 or FB_BF16.
void fb_pack_numbers(const uint8_t *row, int32_t inputs, int32_t bytes, uint8_t *tile, int32_t lane);
/// Writes the bytes or nibbles of 32 inputs, with their scales and minima (of the first and the second 16 inputs each), into
/// lane `lane` of a block of one of the formats from FB_U8 on.
void fb_pack_block(
    fb_format format, const uint8_t *codes, const float *scales, const float *minimums, uint8_t *block, int32_t lane);
/// Writes one row of NF4 codes (two a byte, the high nibble first) and one absolute maximum each 64 inputs.
void fb_pack_nf4_row(const uint8_t *codes, const float *maxima, int32_t inputs, uint8_t *tile, int32_t lane);
/// The floats that lane `lane` of a tile stands for; `table` is that of the formats which have one.
void fb_unpack_row(
    fb_format format, const uint8_t *tile, const uint8_t *_Nullable table, int32_t inputs, int32_t lane, float *out);

/// Rows of activations in int8, where a block of 32 inputs has one scale, and in bfloat16.
typedef struct fb_quantized {
    int8_t *_Nullable codes;
    float *_Nullable scales;      ///< one a block
    int32_t *_Nullable starts;    ///< two a block: -128 and -8 times the sum of its codes, what FB_U8 and FB_U4 begin with
    int32_t *_Nullable sums;      ///< two a block: of its first and of its second 16 codes
    uint16_t *_Nullable bfloats;  ///< the same rows in bfloat16, for adapters
} fb_quantized;

/// One product y = x W^T over some rows; W has `outputs` rows and `inputs` columns.
typedef struct fb_matmul {
    fb_format format;
    const void *weights;          ///< tiles, `tile_bytes` apart, 64-byte aligned
    size_t tile_bytes;
    const uint8_t *_Nullable table; ///< 16 bytes: what the nibbles of FB_U4_TABLE and FB_U4_TABLE_TWO stand for
    int32_t inputs;
    int32_t outputs;
    const float *x;               ///< (row, x_stride) float; read by the float formats
    size_t x_stride;
    fb_quantized xq;              ///< (row, xq_stride) int8; read by the integer formats
    size_t xq_stride;
    const int32_t *x_rows;        ///< where each row stands in x
    const int32_t *y_rows;        ///< where each row stands in y
    int32_t row_count;
    float *y;                     ///< (row, y_stride) float
    size_t y_stride;
} fb_matmul;

/// Parts of a projection at most: q, k and v.
#define FB_MAX_PARTS 3

/// What an adapter adds to one part of a projection: B times some columns of A x.
typedef struct fb_expand {
    const void *_Nullable weights; ///< B, `tile_bytes` a tile of 16 outputs: [rank][16] floats or [pair of ranks][16][2] bfloat16; NULL: nothing
    size_t tile_bytes;
    int32_t first_rank;
    int32_t ranks;
    const float *_Nullable gains;  ///< whole tiles: what the adapter adds of the base's product itself, output by output; NULL: nothing
    const float *_Nullable shifts; ///< whole tiles: what it adds whatever the input is; NULL: nothing
} fb_expand;

/// One adapter at one projection.
typedef struct fb_low_rank {
    fb_format format;             ///< of A and B: FB_F32, or FB_BF16, which reads activations and inner values in bfloat16
    const void *_Nullable weights; ///< A, (rank, inputs), zeros up to whole 64 bytes at a rank's end; NULL: nothing
    int32_t inputs;
    int32_t ranks;
    const float *_Nullable factors; ///< (rank) what the adapter scales A x by
    fb_expand parts[FB_MAX_PARTS];
} fb_low_rank;

/// The rows of a step that use one adapter, at one projection.
typedef struct fb_adapter_rows {
    const fb_low_rank *term;
    const fb_low_rank *_Nullable next; ///< at the projection that comes after
    const int32_t *rows;
    const float *weights;         ///< (row) the adapter's weight in the row's mix
    void *inner;                  ///< (row, ranks) in the term's format: weight factor (A x)
} fb_adapter_rows;

/// A row's use of an adapter: which of the step's adapters, and which of that adapter's rows it is.
typedef struct fb_use {
    int32_t adapter;
    int32_t index;
} fb_use;

/// What a gate goes through before it is multiplied with up.
typedef enum fb_gate {
    FB_SILU = 0,       ///< x / (1 + e^-x)
    FB_GELU = 1,       ///< x (1 + erf(x / sqrt(2))) / 2
    FB_GELU_TANH = 2,  ///< the same with the error function by a hyperbolic tangent
} fb_gate;

/// Where activation(gate) * up goes.
typedef struct fb_gated {
    fb_gate activation;
    float *values;                ///< (row, stride) float
    size_t stride;
    fb_quantized quantized;       ///< the same rows in int8 and bfloat16, or nothing
} fb_gated;

/// One matrix of a projection with what is added to its product.
typedef struct fb_part {
    fb_matmul base;
    int32_t number;               ///< which part of the projection it is
    int32_t first_tile;           ///< where its tiles begin among those that share the fetching of the next projection's A
    int32_t all_tiles;            ///< how many those are; 0: it fetches nothing of it
    const fb_adapter_rows *_Nullable adapters;
    int32_t adapter_count;
    const int32_t *_Nullable use_starts; ///< where the uses of each row of x begin; NULL: no adapters
    const fb_use *_Nullable uses; ///< of each row, in the order in which they are added
    int32_t scales;               ///< whether some adapter has gains or shifts
    const float *_Nullable bias;  ///< (outputs)
    const fb_gated *_Nullable gated; ///< where activation(gate) * up goes if it is one of them
} fb_part;

/// How keys and values are cached. A block of one head: keys (head_dim, 16 positions), values (16, padded_dim), then, in
/// 8 bits, one half scale each 32 dimensions: of keys ([dimensions / 32][16]) and of values ([16][dimensions / 32]).
typedef enum fb_cache {
    FB_CACHE_F32 = 0,
    FB_CACHE_F16 = 1,
    FB_CACHE_Q8 = 2, ///< value = scale code
} fb_cache;

/// Attention over a paged cache of rows of one sequence that follow each other, for the query heads of one key/value head.
typedef struct fb_attention {
    const float *q;               ///< (row, query head of the group): q_stride and head_stride apart
    size_t q_stride;
    float *out;                   ///< (row, query head of the group): out_stride and head_stride apart
    size_t out_stride;
    size_t head_stride;
    int32_t rows;
    int32_t group;                ///< query heads that share the key/value head
    int32_t head_dim;
    int32_t padded_dim;           ///< head_dim rounded up to FB_TILE
    float scale;
    float cap;                    ///< scores are kept in (-cap, cap) by a hyperbolic tangent; 0: as they are
    const uint8_t *keys;          ///< the layer's keys: (block, kv head)
    const uint8_t *values;        ///< the layer's values: (block, kv head)
    size_t key_block_bytes;       ///< from one block to the next
    size_t value_block_bytes;
    size_t key_offset;            ///< of the key/value head in a block
    size_t value_offset;
    const int32_t *blocks;        ///< the sequence's block table
    int32_t position;             ///< of the first row; the others follow
    int32_t window;               ///< positions that a row sees at most, its own included
    fb_cache cache;
} fb_attention;

/// The functions of one kernel set. All sets round alike: a result is bit-identical in each of them.
typedef struct fb_kernels {
    const char *name;
    /// Computes the tiles [begin, end) of a product.
    void (*matmul)(const fb_matmul *job, int32_t begin, int32_t end);
    /// inner = weight factor (A x) of one adapter for its rows [begin, end) and one of `pieces` pieces of its ranks.
    void (*shrink)(
        const fb_adapter_rows *job, const float *x, const uint16_t *_Nullable bfloats, size_t stride, int32_t begin,
        int32_t end, int32_t piece, int32_t pieces);
    /// y = (1 + sum of weight gain) W x + sum of weight shift + sum of B inner, each over the adapters of the row, + bias, for
    /// the tiles [begin, end) of a part.
    void (*project)(const fb_part *part, int32_t begin, int32_t end);
    /// activation(gate) * up for the tiles [begin, end) of two parts with the same rows and outputs, gate and up; `begin` is even.
    void (*project_gated)(const fb_part *parts, int32_t begin, int32_t end);
    /// Quantizes a row of `count` floats, padded with zeros to whole blocks, and rounds it to bfloat16.
    void (*quantize)(const float *x, int32_t count, fb_quantized q);
    /// y = x / sqrt(mean(x^2) + epsilon) * weight
    void (*rms_norm)(const float *x, const float *weight, int32_t count, float epsilon, float *y);
    /// y += scale x, rounded once.
    void (*add)(float *y, const float *x, int32_t count, float scale);
    /// x = cap tanh(x / cap)
    void (*soft_cap)(float *x, int32_t count, float cap);
    /// y = a y + b x, by a product and a fused multiply-add
    void (*blend)(float *y, float a, const float *x, float b, int32_t count);
    /// Rotates the two halves of each of `heads` vectors of `head_dim`, `head_stride` apart (rotary embedding).
    void (*rotate)(float *x, int32_t heads, int32_t head_dim, size_t head_stride, const float *cosines, const float *sines);
    void (*attention)(const fb_attention *job);
    /// Queries, each one head of one row, that `attention` takes through keys and values at once.
    int32_t attention_queries;
    /// Writes one position's keys and values of one head into its block.
    void (*store_kv)(const float *key, const float *value, int32_t head_dim, int32_t slot, fb_cache cache, uint8_t *keys, uint8_t *values, int32_t padded_dim);
    /// The first index of the largest number; 0 when there is none.
    int32_t (*index_of_largest)(const float *x, int32_t count);
    /// out = activation(gate) * up
    void (*gate)(const float *gate, const float *up, float *out, int32_t count, fb_gate activation);
    /// Puts the slopes of gate and up in their places, from those of activation(gate) * up.
    void (*gate_gradient)(float *gate, float *up, const float *slopes, int32_t count, fb_gate activation);
    /// x = e^x / sum(e^x); returns ln(sum(e^x)).
    float (*softmax)(float *x, int32_t count);
    /// slopes = p (slopes - sum(p slopes)): from those of softmax's outputs p to those of its inputs.
    void (*softmax_gradient)(const float *p, float *slopes, int32_t count);
    /// dx += the slopes of rms_norm's input, from those of its output.
    void (*rms_norm_gradient)(const float *x, const float *weight, const float *dy, int32_t count, float epsilon, float *dx);
} fb_kernels;

/// The kernel sets that this processor can run, best first. Returns how many of `capacity` were written.
int32_t fb_kernels_available(const fb_kernels *_Nonnull *_Nonnull sets, int32_t capacity);

/// Reads memory once, as fast as it comes, and returns the sum of its words; `bytes` is a multiple of 64.
uint64_t fb_read(const void *memory, size_t bytes);

/// Converts between half and float as the kernels do.
float fb_half_to_float(uint16_t half);
uint16_t fb_float_to_half(float value);

/// The 16 values of the NF4 data type (QLoRA, appendix E).
extern const float fb_nf4_codes[16];
/// The same as bytes for integer products: FB_NF4_ZERO + FB_NF4_UNIT code, rounded. Of all units up to 127 this one rounds
/// least: by 0.0017 root mean square and 0.0039 at most, where two neighbouring codes are 0.08 to 0.3 apart.
extern const uint8_t fb_nf4_bytes[16];
#define FB_NF4_ZERO 128
#define FB_NF4_UNIT 112

/// Threads that run the chunks of one job at a time; the caller takes part.
typedef struct fb_pool fb_pool;

/// Starts `threads - 1` threads. `spin` is how many pauses a thread that waits takes before it sleeps.
/// Returns NULL when the system refuses a thread.
fb_pool *_Nullable fb_pool_create(int32_t threads, int32_t spin);
/// Binds each thread to a processor, the calling one to the first: as many as the pool has threads. Returns 1, or 0 when
/// nothing was bound because the caller may not use one of them. The caller is let free again by `fb_pool_destroy`.
int32_t fb_pool_bind(fb_pool *pool, const int32_t *processors);
/// Lets the calling thread, none of the pool's, run wherever the pool's creator might before it was bound.
void fb_pool_release(const fb_pool *pool);
void fb_pool_destroy(fb_pool *pool);
/// Runs first(context, chunk) for every chunk in [0, first_chunks) and, when all of those are done, body(context, chunk) for
/// every one in [0, chunks), which are at least 1; then returns.
void fb_pool_run(
    fb_pool *pool, int32_t first_chunks, void (*first)(void *context, int32_t chunk), int32_t chunks,
    void (*body)(void *context, int32_t chunk), void *context);

/// 1 while the calling thread runs a chunk of some job.
int32_t fb_pool_is_running_chunk(void);

/// Writes the numbers of the processors that the calling thread may use, in rising order; returns how many.
int32_t fb_processors(int32_t *processors, int32_t capacity);
/// The least number among the processors that share a core with this one.
int32_t fb_processor_core(int32_t processor);
/// How many processors' time the control group lets its processes have, rounded down to at least 1; INT32_MAX: no limit.
int32_t fb_processor_quota(void);

#pragma clang assume_nonnull end
