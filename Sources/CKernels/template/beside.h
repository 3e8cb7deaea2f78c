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

/// A piece of memory to fetch.
typedef struct {
    const uint8_t *from;
    size_t bytes;
} fb_range;

#define FB_RANGES 128

/// Pieces of memory that are fetched one a block: all at once they would fill the buffers for lines on their way, and the
/// product would wait. The first ones go on with each tile, the others are shared out among the tiles.
typedef struct {
    fb_range ranges[FB_RANGES];
    int32_t tile_count;
    int32_t tile_done;
    int32_t count;
    int32_t next;
    int32_t stop;
} fb_fetches;

FB_INLINE void fb_fetch_range(fb_range range) {
    for (size_t i = 0; i < range.bytes; i += 64) __builtin_prefetch(range.from + i, 0, 2);
}

/// Fetches the next piece of a tile's turn; 0 when there is none.
FB_INLINE int fb_fetch_one(fb_fetches *fetches) {
    if (fetches->tile_done < fetches->tile_count) {
        fb_range *range = &fetches->ranges[fetches->tile_done++];
        fb_fetch_range(*range);
        range->from += range->bytes;
        return 1;
    }
    if (fetches->next == fetches->stop) return 0;
    fb_fetch_range(fetches->ranges[fetches->next++]);
    return 1;
}

/// Begins one of some tiles.
FB_INLINE void fb_begin_fetches(fb_fetches *fetches, int32_t tile, int32_t tiles) {
    fetches->tile_done = 0;
    fetches->stop = fetches->tile_count + (fetches->count - fetches->tile_count) * (tile + 1) / tiles;
}

/// Fetches what had no turn.
FB_INLINE void fb_finish_fetches(fb_fetches *fetches) {
    while (fb_fetch_one(fetches)) continue;
}

/// An even part of the next tile a block, which is fetched so that memory streams at the pace of the arithmetic.
typedef struct {
    const uint8_t *next;
    size_t bytes_per_block;
} fb_ahead;

/// What else a tile brings with it, each NULL where there is nothing of the kind.
typedef struct {
    fb_addition *addition;
    fb_fetches *fetches;
} fb_beside;

/// With fewer rows than this the hardware's own prefetch keeps up.
#define FB_AHEAD_ROWS 4

/// What a block brings with it.
FB_INLINE void fb_do_beside(fb_ahead *ahead, fb_beside beside, const int rows) {
    if (rows >= FB_AHEAD_ROWS) {
        for (size_t i = 0; i < ahead->bytes_per_block; i += 64) __builtin_prefetch(ahead->next + i, 0, 2);
        ahead->next += ahead->bytes_per_block;
        if (beside.fetches) fb_fetch_one(beside.fetches);
    }
    if (rows == 1 && beside.addition) fb_add_pair(beside.addition);
}
