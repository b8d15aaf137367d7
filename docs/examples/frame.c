/* Shows what a one-colour screen shows, with POSIX sockets and no library: cc -o frame frame.c
 * ./frame HOST PORT /screens/gate/frame.raw.1 WIDTH */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT = 65536, KEEP = 300 }; /* the largest answer; seconds for which a frame may stay unanswered */
static char data[LIMIT + 1], etag[64];

static int dial(const char *host, const char *port) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list, *at;
    struct timeval patience = {70, 0};
    int s = -1;
    if (getaddrinfo(host, port, &hints, &list)) return -1;
    for (at = list; at && s < 0; at = at->ai_next) {
        s = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (s >= 0) setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (s >= 0 && connect(s, at->ai_addr, at->ai_addrlen)) close(s), s = -1;
    }
    freeaddrinfo(list);
    return s;
}

/* Asks once; the status, and where the body stands in data. 0: no answer. */
static int ask(char **argv, char **body, size_t *size) {
    int s = dial(argv[1], argv[2]), status = 0;
    size_t have = 0;
    ssize_t n;
    char *end, *line;
    if (s < 0) return 0;
    n = snprintf(data, LIMIT, "GET %s?wait=50 HTTP/1.0\r\nIf-None-Match: %s\r\n\r\n", argv[3], etag);
    if (n < LIMIT && send(s, data, n, 0) == n)
        while (have < LIMIT && (n = recv(s, data + have, LIMIT - have, 0)) > 0) have += n;
    close(s);
    data[have] = 0;
    if (!(end = strstr(data, "\r\n\r\n")) || sscanf(data, "HTTP/%*s %d", &status) != 1) return 0;
    *body = end + 4, *size = data + have - *body, *end = 0;
    for (line = data; status == 200 && (line = strstr(line, "\r\n")); line += 2)
        if (!strncasecmp(line + 2, "etag: ", 6)) sscanf(line + 8, "%63[^\r\n]", etag);
    return status;
}

static void show(const char *frame, size_t size, size_t width) { /* here: print it */
    size_t row = (width + 7) / 8, y, x;
    for (y = 0; y + row <= size; y += row, putchar('\n'))
        for (x = 0; x < width; x++) putchar(frame[y + x / 8] >> (7 - x % 8) & 1 ? '#' : '.');
    putchar('\n');
    fflush(stdout);
}

int main(int argc, char **argv) {
    size_t size = 0, got = 0;
    time_t answered = time(0);
    if (argc != 5) return 2;
    for (;;) {
        char *body;
        int status = ask(argv, &body, &got);
        if (status == 200) show(body, size = got, atoi(argv[4]));
        if (status == 200 || status == 304) answered = time(0);
        else sleep(5);
        if (time(0) - answered > KEEP && *etag) { /* black: what nobody vouches for must go */
            memset(data, 0, LIMIT), *etag = 0;
            show(data, size, atoi(argv[4]));
        }
    }
}
