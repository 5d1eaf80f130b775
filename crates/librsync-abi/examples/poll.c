/* Two jobs over non-blocking sockets, by one thread and one poll loop: a new file goes in at one end, becomes a delta, goes
 * through a socket, becomes the new file again, and comes out at the other.
 *
 *     cc poll.c -o poll -lrsync
 */

#include <errno.h>
#include <fcntl.h>
#include <librsync.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LEN = 1000000 };

static char old_file[LEN], new_file[LEN], result_file[LEN];

/* A job between two sockets. */
typedef struct {
    rs_job_t *job;
    rs_result result;
    int from, to;
    char in[16384], out[8192];
    size_t in_len, out_len;
    int ended;       /* no more will come */
    unsigned passed; /* bytes that were sent on */
} stage_t;

static void fail(char const *what) {
    perror(what);
    exit(1);
}

/* What read and write come to when they cannot go on now. */
static ssize_t moved(ssize_t len, char const *what) {
    if (len < 0 && errno != EAGAIN && errno != EINTR)
        fail(what);
    return len;
}

static void take(stage_t *stage) {
    ssize_t len = moved(read(stage->from, stage->in + stage->in_len, sizeof stage->in - stage->in_len), "read");
    if (len > 0)
        stage->in_len += (size_t)len;
    stage->ended = len == 0;
}

/* Goes on as far as input and space last. */
static void work(stage_t *stage) {
    rs_buffers_t buffers;
    buffers.next_in = stage->in;
    buffers.avail_in = stage->in_len;
    buffers.eof_in = stage->ended;
    buffers.next_out = stage->out + stage->out_len;
    buffers.avail_out = sizeof stage->out - stage->out_len;
    stage->result = rs_job_iter(stage->job, &buffers);
    if (stage->result != RS_DONE && stage->result != RS_BLOCKED) {
        fprintf(stderr, "%s\n", rs_strerror(stage->result));
        exit(1);
    }
    /* What was left is offered again, first, in the next call. */
    memmove(stage->in, buffers.next_in, buffers.avail_in);
    stage->in_len = buffers.avail_in;
    stage->out_len = sizeof stage->out - buffers.avail_out;
}

static void give(stage_t *stage) {
    ssize_t len = moved(write(stage->to, stage->out, stage->out_len), "write");
    if (len > 0) {
        stage->out_len -= (size_t)len;
        memmove(stage->out, stage->out + len, stage->out_len);
        stage->passed += (unsigned)len;
    }
}

/* What the stage waits for, in two places of the list. */
static void wait_for(stage_t const *stage, struct pollfd *list) {
    int takes = stage->result == RS_BLOCKED && !stage->ended && stage->in_len < sizeof stage->in;
    list[0].fd = takes ? stage->from : -1;
    list[0].events = POLLIN;
    list[1].fd = stage->out_len > 0 ? stage->to : -1;
    list[1].events = POLLOUT;
}

static void go_on(stage_t *stage, struct pollfd const *list) {
    if (stage->to < 0)
        return;
    if (list[0].fd >= 0 && list[0].revents)
        take(stage);
    if (list[1].fd >= 0 && list[1].revents)
        give(stage);
    if (stage->result == RS_BLOCKED && stage->out_len < sizeof stage->out)
        work(stage);
    if (stage->result == RS_DONE && stage->out_len == 0) {
        /* The next one reads its end. */
        close(stage->to);
        stage->to = -1;
    }
}

static rs_result copy(void *opaque, rs_long_t position, size_t *len, void **buf) {
    char *basis = (char *)opaque;
    if (position >= LEN)
        return RS_INPUT_ENDED;
    if (*len > (size_t)(LEN - position))
        *len = (size_t)(LEN - position);
    *buf = basis + position;
    return RS_DONE;
}

static void pair(int ends[2]) {
    int i;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        fail("socketpair");
    for (i = 0; i < 2; i++)
        if (fcntl(ends[i], F_SETFL, O_NONBLOCK) != 0)
            fail("fcntl");
}

/* In one call, since all of it is in memory. */
static rs_signature_t *signature_of(char *bytes, size_t len) {
    static char sums[100000];
    rs_buffers_t buffers = {NULL, 0, 1, NULL, 0};
    rs_signature_t *signature;
    rs_job_t *job = rs_sig_begin(RS_DEFAULT_BLOCK_LEN, 0, RS_RK_BLAKE2_SIG_MAGIC);
    buffers.next_in = bytes;
    buffers.avail_in = len;
    buffers.next_out = sums;
    buffers.avail_out = sizeof sums;
    if (rs_job_iter(job, &buffers) != RS_DONE)
        exit(1);
    rs_job_free(job);
    job = rs_loadsig_begin(&signature);
    buffers.next_in = sums;
    buffers.avail_in = sizeof sums - buffers.avail_out;
    if (rs_job_iter(job, &buffers) != RS_DONE || rs_build_hash_table(signature) != RS_DONE)
        exit(1);
    rs_job_free(job);
    return signature;
}

int main(void) {
    static stage_t sender, receiver;
    struct pollfd list[6];
    rs_signature_t *signature;
    int feed[2], wire[2], out[2];
    size_t i, fed = 0, got = 0;
    int ended = 0;

    for (i = 0; i < LEN; i++)
        old_file[i] = (char)(i * i / 1013);
    memcpy(new_file, old_file + LEN / 3, LEN - LEN / 3);
    memcpy(new_file + LEN - LEN / 3, old_file, LEN / 3);
    memcpy(new_file + LEN / 2, "in between", 10);

    /* Who writes to an end that is closed gets an error instead of a signal. */
    signal(SIGPIPE, SIG_IGN);
    pair(feed);
    pair(wire);
    pair(out);
    signature = signature_of(old_file, LEN);
    sender.job = rs_delta_begin(signature);
    sender.from = feed[1];
    sender.to = wire[0];
    receiver.job = rs_patch_begin(copy, old_file);
    receiver.from = wire[1];
    receiver.to = out[0];
    sender.result = receiver.result = RS_BLOCKED;

    while (!ended) {
        wait_for(&sender, list);
        wait_for(&receiver, list + 2);
        list[4].fd = fed < LEN ? feed[0] : -1;
        list[4].events = POLLOUT;
        list[5].fd = out[1];
        list[5].events = POLLIN;
        if (poll(list, 6, -1) < 0) {
            /* After a signal, what the list says is old. */
            if (errno == EINTR)
                continue;
            fail("poll");
        }
        go_on(&sender, list);
        go_on(&receiver, list + 2);
        if (list[4].fd >= 0 && list[4].revents) {
            ssize_t len = moved(write(feed[0], new_file + fed, LEN - fed), "write");
            fed += len > 0 ? (size_t)len : 0;
            if (fed == LEN)
                close(feed[0]);
        }
        if (list[5].revents) {
            char beyond;
            void *place = got < LEN ? (void *)(result_file + got) : (void *)&beyond;
            ssize_t len = moved(read(out[1], place, got < LEN ? LEN - got : 1), "read");
            if (len > 0 && got == LEN)
                return 1;
            got += len > 0 ? (size_t)len : 0;
            ended = len == 0;
        }
    }
    if (got != LEN || memcmp(result_file, new_file, LEN) != 0)
        return 1;
    printf("%u bytes by a delta of %u\n", receiver.passed, sender.passed);
    rs_job_free(sender.job);
    rs_job_free(receiver.job);
    rs_free_sumset(signature);
    return 0;
}
