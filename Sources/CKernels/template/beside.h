// What a pass over a tile does beside its product, a little with each block of inputs: memory and multipliers are then
// busy at the same time.

/// A pair of an adapter's ranks: its part of B, a tile after the other, and what lies between A and B.
typedef struct {
    const uint8_t *weights;
    size_t tile_bytes;
    uint32_t inner;
} fb_rank_pair;

#define FB_RANK_PAIRS 64

/// What adapters add to a tile of a step's only row: while the product of the next tile runs, since a row alone gives too
/// little to do between two reads of memory to hide it in.
typedef struct {
    fb_rank_pair pairs[FB_RANK_PAIRS];
    int32_t count;
    int32_t added;
    v16f sum;
} fb_addition;

FB_INLINE void fb_add_pair(fb_addition *addition) {
    if (addition->added == addition->count) return;
    fb_rank_pair *pair = &addition->pairs[addition->added++];
    addition->sum = FB_ADD_PAIRS(addition->sum, fb_load_pairs(pair->weights), fb_splat_pairs(pair->inner));
    pair->weights += pair->tile_bytes;
}

/// Adds the pairs that had no turn.
FB_INLINE v16f fb_finish_addition(fb_addition *addition) {
    v16f sum = addition->sum;
    for (fb_rank_pair *pair = addition->pairs + addition->added; pair < addition->pairs + addition->count; pair++) {
        sum = FB_ADD_PAIRS(sum, fb_load_pairs(pair->weights), fb_splat_pairs(pair->inner));
        pair->weights += pair->tile_bytes;
    }
    return sum;
}

/// An even part of the next tile a block, which is fetched so that memory streams at the pace of the arithmetic.
typedef struct {
    const uint8_t *next;
    size_t bytes_per_block;
} fb_ahead;

/// With fewer rows than this the hardware's own prefetch keeps up.
#define FB_AHEAD_ROWS 4

/// What a block brings with it; `addition` may be NULL.
FB_INLINE void fb_do_beside(fb_ahead *ahead, fb_addition *addition, const int rows) {
    if (rows >= FB_AHEAD_ROWS) {
        for (size_t i = 0; i < ahead->bytes_per_block; i += 64) __builtin_prefetch(ahead->next + i, 0, 2);
        ahead->next += ahead->bytes_per_block;
    }
    if (rows == 1 && addition) fb_add_pair(addition);
}
