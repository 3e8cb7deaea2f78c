// Products of bfloat16 in pairs.
//
// A pair's products are added by two fused multiply-adds, the odd one first, and numbers below 2^-126 count as zero: what
// the bfloat16 instruction of AVX-512 does, so that sets without it give the same bits.

/// In each lane an even bfloat16 in the low half and an odd one in the high half.
typedef v16u fb_pairs;

FB_INLINE fb_pairs fb_load_pairs(const void *from) {
    fb_pairs v;
    memcpy(&v, from, sizeof v);
    return v;
}

FB_INLINE fb_pairs fb_splat_pairs(uint32_t pair) {
    return (fb_pairs){pair, pair, pair, pair, pair, pair, pair, pair, pair, pair, pair, pair, pair, pair, pair, pair};
}

#ifdef FB_ADD_PAIRS
#define FB_PAIRS_NEED_FLUSHING 0
#else
#define FB_PAIRS_NEED_FLUSHING 1
#define FB_ADD_PAIRS fb_add_pairs
FB_INLINE v16f fb_add_pairs(v16f sum, fb_pairs a, fb_pairs b) {
    sum = fb_fma((v16f)(a & 0xFFFF0000u), (v16f)(b & 0xFFFF0000u), sum);
    return fb_fma((v16f)(a << 16), (v16f)(b << 16), sum);
}
#endif
