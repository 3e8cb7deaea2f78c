#define _GNU_SOURCE
#include "CSystemShims.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

int fusebox_terminate_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int fusebox_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

struct fusebox_time fusebox_local_time(void) {
    struct timespec now;
    struct tm local;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0 || localtime_r(&now.tv_sec, &local) == NULL) return (struct fusebox_time){1970, 1, 1, 0, 0, 0, 0};
    return (struct fusebox_time){
        local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec, (int)(now.tv_nsec / 1000),
    };
}

struct fusebox_size fusebox_terminal_size(int descriptor) {
    struct winsize size = {0};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return (struct fusebox_size){0, 0};
    return (struct fusebox_size){size.ws_col, size.ws_row};
}

static struct termios before;
static bool taken;

void fusebox_terminal_take_keys(int descriptor) {
    if (tcgetattr(descriptor, &before) != 0) return;
    struct termios keys = before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VSUSP] = _POSIX_VDISABLE;
    taken = tcsetattr(descriptor, TCSADRAIN, &keys) == 0;
}

void fusebox_terminal_restore(int descriptor) {
    if (taken) tcsetattr(descriptor, TCSADRAIN, &before);
    taken = false;
}

int fusebox_terminal_key(int descriptor) {
    unsigned char key;
    return read(descriptor, &key, 1) == 1 ? key : -1;
}

void fusebox_restart(const char *variable, const char *value) {
    enum { BYTES = 1 << 20, ARGUMENTS = 1 << 12 };
    static char bytes[BYTES];
    static char *arguments[ARGUMENTS];
    FILE *file = fopen("/proc/self/cmdline", "re");
    if (!file) return;
    size_t count = fread(bytes, 1, BYTES, file);
    fclose(file);
    int found = 0;
    for (size_t at = 0; at < count && found < ARGUMENTS; at += strlen(bytes + at) + 1) arguments[found++] = bytes + at;
    // Without an end there may have been more, and nothing is left out.
    if (count == 0 || count == BYTES || found == ARGUMENTS || setenv(variable, value, 1) != 0) return;
    execv("/proc/self/exe", arguments);
}
