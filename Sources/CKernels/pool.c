// A pool of threads for hundreds of short jobs a token: a job is published by a generation number, and each thread has a
// share of neighbouring chunks, so that what it fetches ahead is what it comes to next; who has done its own takes from the
// ends of the others'. Who waits, an idle thread for a job or a job's owner for its last chunks, pauses for a while and then
// sleeps on a futex. An owner waits only for chunks that were taken, never for a thread that has yet to be scheduled:
// where processors are contended that takes longer than the job.
//
// A job can have a first stage, which all of the second needs: whoever has a chunk of the second does its share of the first
// and what nobody took, and waits for what others took. That is one wait less than two jobs have, and a shorter one.
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CKernels.h"

/// A thread's share of a job.
typedef struct {
    /// Its chunks that nobody took: the first one in the upper half, the end in the lower half. Of a job that is over there
    /// are none, so that a thread that comes late takes nothing, and what it reads of a job after it took a chunk stands
    /// until that chunk is done.
    _Alignas(64) _Atomic uint64_t offer;
    /// The same of the first stage. Only who has a chunk of the second stage looks, so it is the stage of the job that runs.
    _Atomic uint64_t first_offer;
    fb_pool *pool;
    pthread_t handle;
} fb_share;

struct fb_pool {
    _Alignas(64) _Atomic uint32_t generation;
    _Alignas(64) _Atomic uint32_t unfinished;
    _Atomic int32_t owner_sleeps;
    _Alignas(64) _Atomic int32_t sleepers;
    _Atomic int32_t stopping;
    int32_t spin;
    int32_t threads;
    void (*first)(void *context, int32_t chunk);
    void (*body)(void *context, int32_t chunk);
    void *context;
    _Alignas(64) _Atomic uint32_t first_unfinished;
    _Atomic int32_t first_sleepers;
    /// The thread that was bound along with the pool's own, and where it could run before; 0: none.
    pid_t bound;
    cpu_set_t mask;
    fb_share shares[];
};

static void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void sleep_while(_Atomic uint32_t *word, uint32_t value) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake_all(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

static _Thread_local int32_t running_chunk;

int32_t fb_pool_is_running_chunk(void) {
    return running_chunk;
}

/// The first chunk of an offer, or the last one if it is another thread's share, or -1.
static int32_t take_chunk(_Atomic uint64_t *from, int32_t is_own) {
    uint64_t offer = atomic_load_explicit(from, memory_order_relaxed);
    for (;;) {
        uint32_t first = (uint32_t)(offer >> 32), end = (uint32_t)offer;
        if (first >= end) return -1;
        uint64_t rest = is_own ? (uint64_t)(first + 1) << 32 | end : (uint64_t)first << 32 | (end - 1);
        if (atomic_compare_exchange_weak_explicit(from, &offer, rest, memory_order_acquire, memory_order_relaxed)) {
            return (int32_t)(is_own ? first : end - 1);
        }
    }
}

/// Waits until a count is zero; who makes it so wakes those that sleep.
static void await_zero(fb_pool *pool, _Atomic uint32_t *count, _Atomic int32_t *sleepers) {
    for (int32_t i = 0; i < pool->spin; i++) {
        if (atomic_load_explicit(count, memory_order_acquire) == 0) return;
        pause_briefly();
    }
    atomic_fetch_add(sleepers, 1);
    for (uint32_t left; (left = atomic_load(count)) > 0;) sleep_while(count, left);
    atomic_fetch_sub(sleepers, 1);
}

static void finish_first_stage(fb_pool *pool, int32_t thread) {
    if (atomic_load_explicit(&pool->first_unfinished, memory_order_acquire) == 0) return;
    for (int32_t i = 0; i < pool->threads; i++) {
        fb_share *share = &pool->shares[(thread + i) % pool->threads];
        for (int32_t chunk; (chunk = take_chunk(&share->first_offer, i == 0)) >= 0;) {
            pool->first(pool->context, chunk);
            if (atomic_fetch_sub(&pool->first_unfinished, 1) == 1 && atomic_load(&pool->first_sleepers) > 0) {
                wake_all(&pool->first_unfinished);
            }
        }
    }
    await_zero(pool, &pool->first_unfinished, &pool->first_sleepers);
}

static void run_chunks(fb_pool *pool, int32_t thread) {
    uint32_t done = 0;
    running_chunk = 1;
    for (int32_t i = 0; i < pool->threads; i++) {
        fb_share *share = &pool->shares[(thread + i) % pool->threads];
        for (int32_t chunk; (chunk = take_chunk(&share->offer, i == 0)) >= 0; done++) {
            finish_first_stage(pool, thread);
            pool->body(pool->context, chunk);
        }
    }
    running_chunk = 0;
    if (done > 0 && atomic_fetch_sub(&pool->unfinished, done) == done && atomic_load(&pool->owner_sleeps)) {
        wake_all(&pool->unfinished);
    }
}

/// Returns the generation that came after `seen`.
static uint32_t await_job(fb_pool *pool, uint32_t seen) {
    uint32_t generation;
    for (int32_t i = 0; i < pool->spin; i++) {
        generation = atomic_load_explicit(&pool->generation, memory_order_acquire);
        if (generation != seen) return generation;
        pause_briefly();
    }
    while ((generation = atomic_load_explicit(&pool->generation, memory_order_acquire)) == seen) {
        atomic_fetch_add(&pool->sleepers, 1);
        sleep_while(&pool->generation, seen);
        atomic_fetch_sub(&pool->sleepers, 1);
    }
    return generation;
}

static void *work(void *argument) {
    fb_share *share = argument;
    fb_pool *pool = share->pool;
    for (uint32_t seen = 0;;) {
        seen = await_job(pool, seen);
        if (atomic_load_explicit(&pool->stopping, memory_order_acquire)) return NULL;
        run_chunks(pool, (int32_t)(share - pool->shares));
    }
}

/// The chunks of a thread's share, as an offer.
static uint64_t share_of(uint64_t chunks, uint64_t thread, uint64_t threads) {
    return chunks * thread / threads << 32 | chunks * (thread + 1) / threads;
}

static void publish(fb_pool *pool, uint32_t first_chunks, uint32_t chunks) {
    // Only owners write the generation, one at a time.
    uint32_t next = atomic_load_explicit(&pool->generation, memory_order_relaxed) + 1;
    uint64_t threads = (uint64_t)pool->threads;
    for (uint64_t i = 0; i < threads; i++) {
        fb_share *share = &pool->shares[i];
        atomic_store_explicit(&share->first_offer, share_of(first_chunks, i, threads), memory_order_relaxed);
    }
    for (uint64_t i = 0; i < threads; i++) {
        atomic_store_explicit(&pool->shares[i].offer, share_of(chunks, i, threads), memory_order_release);
    }
    atomic_store(&pool->generation, next);
    if (atomic_load(&pool->sleepers) > 0) wake_all(&pool->generation);
}

void fb_pool_run(
    fb_pool *pool, int32_t first_chunks, void (*first)(void *context, int32_t chunk), int32_t chunks,
    void (*body)(void *context, int32_t chunk), void *context
) {
    if (pool->threads == 1 || chunks == 1) {
        for (int32_t i = 0; i < first_chunks; i++) first(context, i);
        for (int32_t i = 0; i < chunks; i++) body(context, i);
        return;
    }
    pool->first = first;
    pool->body = body;
    pool->context = context;
    atomic_store_explicit(&pool->first_unfinished, (uint32_t)first_chunks, memory_order_relaxed);
    atomic_store_explicit(&pool->unfinished, (uint32_t)chunks, memory_order_relaxed);
    publish(pool, (uint32_t)first_chunks, (uint32_t)chunks);
    run_chunks(pool, 0);
    await_zero(pool, &pool->unfinished, &pool->owner_sleeps);
}

fb_pool *fb_pool_create(int32_t threads, int32_t spin) {
    if (threads < 1) threads = 1;
    size_t bytes = sizeof(fb_pool) + sizeof(fb_share) * (size_t)threads;
    fb_pool *pool = aligned_alloc(64, bytes);
    if (!pool) return NULL;
    __builtin_memset(pool, 0, bytes);
    pool->spin = spin;
    pool->threads = 1;
    for (int32_t i = 1; i < threads; i++) {
        pool->shares[i].pool = pool;
        if (pthread_create(&pool->shares[i].handle, NULL, work, &pool->shares[i]) != 0) {
            fb_pool_destroy(pool);
            return NULL;
        }
        pool->threads++;
    }
    return pool;
}

int32_t fb_pool_bind(fb_pool *pool, const int32_t *processors) {
    cpu_set_t all;
    if (pool->bound || sched_getaffinity(0, sizeof(all), &all) != 0) return 0;
    for (int32_t i = 0; i < pool->threads; i++) {
        if (processors[i] < 0 || processors[i] >= CPU_SETSIZE || !CPU_ISSET(processors[i], &all)) return 0;
    }
    for (int32_t i = 0; i < pool->threads; i++) {
        cpu_set_t own;
        CPU_ZERO(&own);
        CPU_SET(processors[i], &own);
        pthread_setaffinity_np(i == 0 ? pthread_self() : pool->shares[i].handle, sizeof(own), &own);
    }
    pool->bound = gettid();
    pool->mask = all;
    return 1;
}

void fb_pool_release(const fb_pool *pool) {
    if (pool->bound) sched_setaffinity(0, sizeof(pool->mask), &pool->mask);
}

void fb_pool_destroy(fb_pool *pool) {
    atomic_store(&pool->stopping, 1);
    publish(pool, 0, 0);
    for (int32_t i = 1; i < pool->threads; i++) pthread_join(pool->shares[i].handle, NULL);
    if (pool->bound) sched_setaffinity(pool->bound, sizeof(pool->mask), &pool->mask);
    free(pool);
}
