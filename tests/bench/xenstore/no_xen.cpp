// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

extern "C" {  // which these headers leave to those who include them
#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>
}

// For LD_PRELOAD: what Debian's xenstored and oxenstored ask of Xen, answered without it, so that
// they can be measured on any machine. Domain 0 is there, with a ring that nobody uses, and so is
// every other domain; no event ever fires.

namespace {

constexpr evtchn_port_t kFirstPort = 2;

/// libxenctrl and its siblings hand out pointers that their callers only pass back.
template <typename Handle>
Handle* handle() {
    static char nothing;
    return reinterpret_cast<Handle*>(&nothing);
}

evtchn_port_t next_port() {
    static evtchn_port_t last = kFirstPort;
    return last++;
}

void* blank_pages(std::size_t count) {
    void* const pages = mmap(nullptr, count * XC_PAGE_SIZE, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? nullptr : pages;
}

/// A file with domain 0's ring in it, all zero, or with the number of its port.
int open_memory(const char* name, const char* text) {
    const int fd = memfd_create(name, 0);
    if (fd < 0) return fd;
    const auto length = static_cast<off_t>(std::strlen(text));
    const bool good = length == 0 ? ftruncate(fd, XC_PAGE_SIZE) == 0
                                  : pwrite(fd, text, static_cast<std::size_t>(length), 0) == length;
    if (good) return fd;
    close(fd);
    return -1;
}

int open_any(const char* path, int flags, unsigned mode) {
    if (std::strcmp(path, "/proc/xen/xsd_kva") == 0) return open_memory("xsd_kva", "");
    if (std::strcmp(path, "/proc/xen/xsd_port") == 0) return open_memory("xsd_port", "1");
    return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

}  // namespace

// Some of these names are macros or renamed by the headers, depending on the size of off_t: the
// names that the servers look for are said outright.
extern "C" {

int no_xen_open(const char* path, int flags, unsigned mode) __asm__("open");
int no_xen_open(const char* path, int flags, unsigned mode) { return open_any(path, flags, mode); }
int no_xen_open64(const char* path, int flags, unsigned mode) __asm__("open64");
int no_xen_open64(const char* path, int flags, unsigned mode) {
    return open_any(path, flags, mode);
}

// oxenstored wants more descriptors than others than root may have.
int no_xen_setrlimit(int resource, const void* limit) __asm__("setrlimit");
int no_xen_setrlimit(int, const void*) { return 0; }

xenevtchn_handle* xenevtchn_open(xentoollog_logger*, unsigned) {
    return handle<xenevtchn_handle>();
}
xenevtchn_handle* xenevtchn_fdopen(xentoollog_logger*, int, unsigned) {
    return handle<xenevtchn_handle>();
}
int xenevtchn_close(xenevtchn_handle*) { return 0; }
int xenevtchn_fd(xenevtchn_handle*) {
    static const int fd = eventfd(0, EFD_CLOEXEC);
    return fd;
}
int xenevtchn_notify(xenevtchn_handle*, evtchn_port_t) { return 0; }
xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle*, uint32_t, evtchn_port_t) {
    return static_cast<int>(next_port());
}
xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle*, unsigned) {
    return static_cast<int>(next_port());
}
int xenevtchn_unbind(xenevtchn_handle*, evtchn_port_t) { return 0; }
xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle*) { return -1; }
int xenevtchn_unmask(xenevtchn_handle*, evtchn_port_t) { return 0; }

xengnttab_handle* xengnttab_open(xentoollog_logger*, unsigned) {
    return handle<xengnttab_handle>();
}
int xengnttab_close(xengnttab_handle*) { return 0; }
int xengnttab_set_max_grants(xengnttab_handle*, uint32_t) { return 0; }
void* xengnttab_map_grant_ref(xengnttab_handle*, uint32_t, uint32_t, int) { return blank_pages(1); }
int xengnttab_unmap(xengnttab_handle*, void* pages, uint32_t count) {
    return munmap(pages, count * XC_PAGE_SIZE);
}

xc_interface* xc_interface_open(xentoollog_logger*, xentoollog_logger*, unsigned) {
    return handle<xc_interface>();
}
int xc_interface_close(xc_interface*) { return 0; }
int xc_domain_getinfo(xc_interface*, uint32_t first, unsigned, xc_dominfo_t* info) {
    *info = {};
    info->domid = first;
    return 1;
}
int xc_domain_getinfolist(xc_interface*, uint32_t first, unsigned, xc_domaininfo_t* info) {
    *info = {};
    info->domain = static_cast<domid_t>(first);
    return 1;
}
void* xc_map_foreign_range(xc_interface*, uint32_t, int size, int, unsigned long) {
    return blank_pages(static_cast<std::size_t>(size) / XC_PAGE_SIZE);
}

}  // extern "C"
