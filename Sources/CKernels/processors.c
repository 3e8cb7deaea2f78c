// What the system says of the processors that this process may use.
#define _GNU_SOURCE
#include <limits.h>
#include <sched.h>
#include <stdio.h>

#include "CKernels.h"

int32_t fb_processors(int32_t *processors, int32_t capacity) {
    cpu_set_t mask;
    int32_t count = 0;
    if (sched_getaffinity(0, sizeof(mask), &mask) != 0) return 0;
    for (int32_t i = 0; i < CPU_SETSIZE && count < capacity; i++) {
        if (CPU_ISSET(i, &mask)) processors[count++] = i;
    }
    return count;
}

/// Reads whole numbers that stand at the beginning of a file; returns how many there were, at most two.
static int read_numbers(const char *path, long *first, long *second) {
    FILE *file = fopen(path, "re");
    if (!file) return 0;
    int count = fscanf(file, "%ld %ld", first, second);
    fclose(file);
    return count;
}

int32_t fb_processor_core(int32_t processor) {
    char path[96];
    long first, second;
    snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", processor);
    return read_numbers(path, &first, &second) > 0 ? (int32_t)first : processor;
}

int32_t fb_processor_quota(void) {
    long quota, period;
    // The second version of control groups has both numbers in one file, or the word "max"; the first one has -1 for it.
    if (read_numbers("/sys/fs/cgroup/cpu.max", &quota, &period) != 2) {
        if (read_numbers("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", &quota, &period) != 1) return INT32_MAX;
        long ignored;
        if (read_numbers("/sys/fs/cgroup/cpu/cpu.cfs_period_us", &period, &ignored) != 1) return INT32_MAX;
    }
    if (quota <= 0 || period <= 0 || quota / period >= INT32_MAX) return INT32_MAX;
    return quota < period ? 1 : (int32_t)(quota / period);
}
