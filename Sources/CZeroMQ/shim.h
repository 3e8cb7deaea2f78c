#include <zmq.h>

// Swift's Glibc module has neither of these.
#include <pthread.h>
#include <sys/eventfd.h>

/// Names a thread for debuggers and top; declared by pthread.h only under _GNU_SOURCE. At most 15 bytes.
int pthread_setname_np(pthread_t thread, const char *_Nonnull name);
