// A pool of threads for hundreds of short jobs a token: a job is published by a generation number, chunks are taken from
// one counter, idle threads pause for a while and then sleep on a futex.
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CKernels.h"

struct fb_pool {
    _Alignas(64) _Atomic uint32_t generation;
    _Alignas(64) _Atomic int32_t next;
    _Alignas(64) _Atomic int32_t busy;
    _Alignas(64) _Atomic int32_t sleepers;
    _Atomic int32_t stopping;
    int32_t chunks;
    int32_t spin;
    int32_t threads;
    void (*body)(void *context, int32_t chunk);
    void *context;
    pthread_t handles[];
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

static void take_chunks(fb_pool *pool) {
    running_chunk = 1;
    for (;;) {
        int32_t chunk = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (chunk >= pool->chunks) break;
        pool->body(pool->context, chunk);
    }
    running_chunk = 0;
}

static void await_job(fb_pool *pool, uint32_t seen) {
    for (int32_t i = 0; i < pool->spin; i++) {
        if (atomic_load_explicit(&pool->generation, memory_order_acquire) != seen) return;
        pause_briefly();
    }
    while (atomic_load_explicit(&pool->generation, memory_order_acquire) == seen) {
        atomic_fetch_add(&pool->sleepers, 1);
        sleep_while(&pool->generation, seen);
        atomic_fetch_sub(&pool->sleepers, 1);
    }
}

static void *work(void *argument) {
    fb_pool *pool = argument;
    uint32_t seen = 0;
    for (;;) {
        await_job(pool, seen);
        seen++;
        if (atomic_load_explicit(&pool->stopping, memory_order_acquire)) return NULL;
        take_chunks(pool);
        atomic_fetch_sub_explicit(&pool->busy, 1, memory_order_release);
    }
}

static void publish(fb_pool *pool) {
    atomic_fetch_add(&pool->generation, 1);
    if (atomic_load(&pool->sleepers) > 0) wake_all(&pool->generation);
}

void fb_pool_run(fb_pool *pool, int32_t chunks, void (*body)(void *context, int32_t chunk), void *context) {
    if (pool->threads == 1 || chunks == 1) {
        for (int32_t i = 0; i < chunks; i++) body(context, i);
        return;
    }
    pool->body = body;
    pool->context = context;
    pool->chunks = chunks;
    atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
    atomic_store_explicit(&pool->busy, pool->threads - 1, memory_order_relaxed);
    publish(pool);
    take_chunks(pool);
    // The others have at most a chunk left each; yield now and then in case one of them lost its core.
    for (int32_t i = 1; atomic_load_explicit(&pool->busy, memory_order_acquire) > 0; i++) {
        pause_briefly();
        if (i % 256 == 0) syscall(SYS_sched_yield);
    }
}

fb_pool *fb_pool_create(int32_t threads, int32_t spin) {
    if (threads < 1) threads = 1;
    size_t bytes = sizeof(fb_pool) + sizeof(pthread_t) * (size_t)threads;
    fb_pool *pool = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!pool) return NULL;
    __builtin_memset(pool, 0, bytes);
    pool->spin = spin;
    pool->threads = 1;
    for (int32_t i = 1; i < threads; i++) {
        if (pthread_create(&pool->handles[i], NULL, work, pool) != 0) {
            fb_pool_destroy(pool);
            return NULL;
        }
        pool->threads++;
    }
    return pool;
}

void fb_pool_destroy(fb_pool *pool) {
    atomic_store(&pool->stopping, 1);
    publish(pool);
    for (int32_t i = 1; i < pool->threads; i++) pthread_join(pool->handles[i], NULL);
    free(pool);
}
