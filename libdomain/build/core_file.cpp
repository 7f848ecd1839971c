// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/core_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/units.hpp"

namespace zeroth::build {
namespace {

// Types of notes (xen/include/public/elfnote.h), and what they hold
// (docs/misc/dump-core-format.txt).
constexpr std::uint32_t kNoteNone = 0x2000000, kNoteHeader = 0x2000001, kNoteVersion = 0x2000002,
                        kNoteFormat = 0x2000003;
/// Of a domain whose address space Xen translates.
constexpr std::uint64_t kMagicTranslated = 0xF00FEBEE;
constexpr std::uint64_t kFormatVersion = 1;

struct HeaderNote {
    std::uint64_t magic, vcpus, pages, page_size;
};
struct VersionNote {
    std::uint64_t major, minor;
    std::array<char, 16> extra;
    std::array<char, 64> compiler;
    std::array<char, 16> compile_by;
    std::array<char, 32> compile_domain, compile_date;
    std::array<char, 1024> capabilities;
    std::array<char, 64> changeset;
    std::uint64_t virt_start, page_size;
};
static_assert(sizeof(VersionNote) == 1280);

using ByteList = std::vector<std::byte>;

template <class T>
void append(ByteList& to, const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto bytes = std::as_bytes(std::span{&value, 1});
    to.insert(to.end(), bytes.begin(), bytes.end());
}

/// A note's name is always "Xen" and its NUL; nothing here needs padding.
struct NoteHead {
    std::uint32_t name_size = 4, size = 0, type = 0;
    std::array<char, 4> name{'X', 'e', 'n', '\0'};
};

template <class T>
void append_note(ByteList& to, std::uint32_t type, const T& value) {
    append(to, NoteHead{.size = sizeof value, .type = type});
    append(to, value);
}

template <std::size_t Size>
void put_text(std::array<char, Size>& to, std::string_view text) {
    text.copy(to.data(), Size - 1);
}

VersionNote version_note(const hyper::XenVersion& xen) {
    VersionNote note{};
    note.major = xen.major;
    note.minor = xen.minor;
    put_text(note.extra, xen.extra);
    put_text(note.compiler, xen.compiler);
    put_text(note.compile_by, xen.compile_by);
    put_text(note.compile_domain, xen.compile_domain);
    put_text(note.compile_date, xen.compile_date);
    put_text(note.capabilities, xen.capabilities);
    put_text(note.changeset, xen.changeset);
    note.virt_start = xen.virt_start;
    note.page_size = xen.page_size;
    return note;
}

ByteList make_notes(const CoreFacts& facts, std::uint64_t pages) {
    ByteList notes;
    append(notes, NoteHead{.type = kNoteNone});
    append_note(notes, kNoteHeader,
                HeaderNote{kMagicTranslated, facts.vcpus.size(), pages, kPageSize});
    append_note(notes, kNoteVersion, version_note(facts.xen));
    append_note(notes, kNoteFormat, kFormatVersion);
    return notes;
}

ByteList make_registers(const CoreFacts& facts) {
    ByteList all;
    for (const auto& vcpu : facts.vcpus) {
        all.insert(all.end(), vcpu.bytes.begin(), vcpu.bytes.end());
    }
    return all;
}

/// The table of sections, and their names.
class Sections {
public:
    Sections() { headers_.push_back({}); }
    /// Where the section lies may not be known yet; the index is for telling it later.
    std::size_t add(std::string_view name, std::uint32_t type, std::uint64_t size,
                    std::uint64_t entry_size = 0) {
        Elf64_Shdr header{};
        header.sh_name = static_cast<std::uint32_t>(names_.size());
        header.sh_type = type;
        header.sh_size = size;
        header.sh_entsize = entry_size;
        header.sh_addralign = 1;
        names_ += name;
        names_ += '\0';
        headers_.push_back(header);
        return headers_.size() - 1;
    }
    Elf64_Shdr& operator[](std::size_t index) { return headers_[index]; }
    const std::vector<Elf64_Shdr>& headers() const { return headers_; }
    const std::string& names() const { return names_; }

private:
    std::vector<Elf64_Shdr> headers_;
    std::string names_ = std::string(1, '\0');
};

struct Layout {
    Sections sections;
    std::uint64_t notes_at = 0, registers_at = 0, shared_at = 0, pages_at = 0, frames_at = 0,
                  names_at = 0;
};

/// Where everything lies, given how much of it there is.
Layout lay_out(const CoreFacts& facts, std::uint64_t pages) {
    Layout layout;
    auto& sections = layout.sections;
    const auto registers = make_registers(facts).size();
    const auto entry = facts.vcpus.empty() ? 0 : registers / facts.vcpus.size();
    const auto names = sections.add(".shstrtab", SHT_STRTAB, 0);
    const auto notes = sections.add(".note.Xen", SHT_NOTE, make_notes(facts, pages).size());
    const auto prstatus = sections.add(".xen_prstatus", SHT_PROGBITS, registers, entry);
    const auto shared = facts.shared_info.empty() ? 0
                                                  : sections.add(".xen_shared_info", SHT_PROGBITS,
                                                                 facts.shared_info.size());
    const auto memory = sections.add(".xen_pages", SHT_PROGBITS, pages * kPageSize, kPageSize);
    const auto frames = sections.add(".xen_pfn", SHT_PROGBITS, pages * 8, 8);
    sections[names].sh_size = sections.names().size();
    sections[memory].sh_addralign = kPageSize;

    std::uint64_t at = sizeof(Elf64_Ehdr) + sections.headers().size() * sizeof(Elf64_Shdr);
    const auto place = [&](std::size_t index) {
        if (index == 0) return at;
        sections[index].sh_offset = at;
        return std::exchange(at, at + sections[index].sh_size);
    };
    layout.notes_at = place(notes);
    layout.registers_at = place(prstatus);
    layout.shared_at = place(shared);
    at = align_up(at, kPageSize);
    layout.pages_at = place(memory);
    layout.frames_at = place(frames);
    layout.names_at = place(names);
    return layout;
}

Elf64_Ehdr make_header(const CoreFacts& facts, std::size_t sections) {
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_CORE;
    const bool narrow =
        !facts.vcpus.empty() && facts.vcpus[0].width == hyper::VcpuContext::Width::k32;
    header.e_machine = narrow ? EM_ARM : EM_AARCH64;
    header.e_version = EV_CURRENT;
    header.e_shoff = sizeof header;
    header.e_ehsize = sizeof header;
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = static_cast<std::uint16_t>(sections);
    header.e_shstrndx = 1;
    return header;
}

bool all_zero(std::span<const std::byte> bytes) {
    return bytes[0] == std::byte{0} &&
           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace

CoreFile::CoreFile(std::string path, std::string growing, UniqueFd fd, CoreFacts facts)
    : path_{std::move(path)},
      growing_{std::move(growing)},
      fd_{std::move(fd)},
      facts_{std::move(facts)},
      pages_at_{lay_out(facts_, 0).pages_at} {}

CoreFile::CoreFile(CoreFile&& other) noexcept
    : path_{std::move(other.path_)},
      growing_{std::exchange(other.growing_, {})},
      fd_{std::move(other.fd_)},
      facts_{std::move(other.facts_)},
      pages_at_{other.pages_at_},
      frames_{std::move(other.frames_)} {}

CoreFile::~CoreFile() {
    if (!growing_.empty()) ::unlink(growing_.c_str());
}

Result<CoreFile> CoreFile::create(std::string path, CoreFacts facts) {
    struct stat there {};
    if (::stat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
        return fail(Error::message(EINVAL, path + " is there and is no regular file"));
    }
    const auto slash = path.rfind('/');
    const auto folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    UniqueFd nameless{::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    if (nameless) return CoreFile{std::move(path), {}, std::move(nameless), std::move(facts)};
    auto growing = path + ".XXXXXX";
    UniqueFd fd{::mkostemp(growing.data(), O_CLOEXEC)};
    if (!fd) return errno_error("create " + path);
    return CoreFile{std::move(path), std::move(growing), std::move(fd), std::move(facts)};
}

Result<> CoreFile::give_name() {
    if (growing_.empty()) {
        growing_ = path_ + ".whole";
        const auto own = fmt::format("/proc/self/fd/{}", fd_.get());
        ::unlink(growing_.c_str());
        if (::linkat(AT_FDCWD, own.c_str(), AT_FDCWD, growing_.c_str(), AT_SYMLINK_FOLLOW) != 0) {
            return errno_error("create " + growing_);
        }
    }
    if (::rename(growing_.c_str(), path_.c_str()) != 0) return errno_error("create " + path_);
    growing_.clear();
    return {};
}

Result<> CoreFile::put(std::span<const std::byte> bytes, std::uint64_t at) {
    while (!bytes.empty()) {
        const auto done = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) {
            auto error = errno_error(fmt::format("write {} at {} MiB", path_, at >> 20));
            return fail(std::move(error.error())
                            .with_hint("the file needs as much room as the domain has memory; "
                                       "what was written is removed"));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(done));
        at += static_cast<std::uint64_t>(done);
    }
    return {};
}

Result<> CoreFile::add(GuestFrame first, const std::vector<bool>& present,
                       std::span<const std::byte> bytes) {
    std::size_t from = 0;  // of a run of pages to be written, which ends at `to`
    const auto write_run = [&](std::size_t to, std::uint64_t end) -> Result<> {
        const auto run = bytes.subspan(from * kPageSize, (to - from) * kPageSize);
        return put(run, pages_at_ + (end - (to - from)) * kPageSize);
    };
    for (std::size_t i = 0; i < present.size(); ++i) {
        // A page of zeros is a hole of the file: it is counted, and not written.
        const bool written = present[i] && !all_zero(bytes.subspan(i * kPageSize, kPageSize));
        if (!written) {
            ZEROTH_CHECK(write_run(i, frames_.size()));
            from = i + 1;
        }
        if (present[i]) frames_.push_back((first + i).raw());
    }
    return write_run(present.size(), frames_.size());
}

Result<> CoreFile::finish() {
    auto layout = lay_out(facts_, frames_.size());
    const auto& headers = layout.sections.headers();
    ByteList head;
    append(head, make_header(facts_, headers.size()));
    for (const auto& header : headers) append(head, header);
    ZEROTH_CHECK(put(head, 0));
    ZEROTH_CHECK(put(make_notes(facts_, frames_.size()), layout.notes_at));
    ZEROTH_CHECK(put(make_registers(facts_), layout.registers_at));
    ZEROTH_CHECK(put(facts_.shared_info, layout.shared_at));
    ZEROTH_CHECK(put(std::as_bytes(std::span{frames_}), layout.frames_at));
    ZEROTH_CHECK(put(std::as_bytes(std::span{layout.sections.names()}), layout.names_at));
    return give_name();
}

}  // namespace zeroth::build
