// SPDX-License-Identifier: Apache-2.0
#include "daemon/adopt/notes.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "core/log.hpp"

namespace zeroth::daemon {
namespace {

namespace fs = std::filesystem;
using State = AdoptNote::State;

constexpr std::array<std::string_view, 3> kStates{"adopting", "store", "no-store"};

std::string folder_of(const std::string& state_dir) { return state_dir + "/adopted"; }

std::string path_of(const std::string& state_dir, const Uuid& uuid) {
    return folder_of(state_dir) + "/" + uuid.text();
}

/// "1 1795886310416 adopting linux": domid, time, state, and the rest of the line is the name.
std::optional<AdoptNote> read_note(const fs::path& path) {
    const auto uuid = Uuid::parse(path.filename().string());
    if (!uuid) return std::nullopt;
    std::ifstream file{path};
    std::uint16_t domid = 0;
    std::int64_t found_ms = 0;
    std::string state, name;
    if (!(file >> domid >> found_ms >> state) || !std::getline(file >> std::ws, name))
        return std::nullopt;
    for (std::size_t i = 0; i < kStates.size(); ++i) {
        if (kStates.at(i) != state) continue;
        return AdoptNote{*uuid, DomainId{domid}, found_ms, static_cast<State>(i), name};
    }
    return std::nullopt;
}

}  // namespace

std::vector<AdoptNote> read_adopt_notes(const std::string& state_dir) {
    std::vector<AdoptNote> notes;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{folder_of(state_dir), error}) {
        if (auto note = read_note(entry.path())) notes.push_back(*std::move(note));
    }
    return notes;
}

std::optional<AdoptNote> find_adopt_note(const std::string& state_dir, const Uuid& uuid) {
    return read_note(path_of(state_dir, uuid));
}

std::optional<AdoptNote> find_adopt_note(const std::string& state_dir,
                                         const lives::Record& record) {
    if (record.lives != 1) return std::nullopt;
    auto note = find_adopt_note(state_dir, record.uuid);
    if (!note || note->domid != record.domid || note->found_ms != record.created_ms) {
        return std::nullopt;
    }
    return note;
}

Result<> write_adopt_note(const std::string& state_dir, const AdoptNote& note) {
    const auto path = path_of(state_dir, note.uuid), growing = path + ".new";
    std::error_code error;
    fs::create_directories(folder_of(state_dir), error);
    {
        std::ofstream file{growing, std::ios::trunc};
        file << fmt::format("{} {} {} {}\n", note.domid.raw(), note.found_ms,
                            kStates.at(static_cast<std::size_t>(note.state)), note.name);
        if (!file.flush()) return errno_error("write " + growing);
    }
    fs::rename(growing, path, error);
    if (error) return fail(Error{error, "write " + path});
    return {};
}

void remove_adopt_note(const std::string& state_dir, const Uuid& uuid) {
    std::error_code error;
    fs::remove(path_of(state_dir, uuid), error);
}

Result<> check_own_console(const std::string& state_dir,
                           const std::optional<lives::Record>& record) {
    if (!record) return {};
    const auto note = find_adopt_note(state_dir, *record);
    if (!note) return {};
    return fail(
        Error::message(EOPNOTSUPP,
                       fmt::format("domain {} (\"{}\") was made by Xen at boot: it has no console "
                                   "of its own, its serial port is on Xen's",
                                   note->domid.raw(), note->name))
            .with_hint(fmt::format("`xl dmesg` shows what it prints, in lines that begin with "
                                   "\"DOM{}:\"; to type, press Ctrl-A three times, and perhaps "
                                   "again, on Xen's serial line.",
                                   note->domid.raw())));
}

Result<> check_own_store(const std::string& state_dir, const std::optional<lives::Record>& record) {
    if (!record) return {};
    const auto note = find_adopt_note(state_dir, *record);
    if (!note || note->state != State::kHasNoStore) return {};
    return fail(
        Error::message(EOPNOTSUPP,
                       fmt::format("domain {} (\"{}\") was made by Xen at boot without XenStore "
                                   "(its node has no xen,enhanced): it cannot be asked",
                                   note->domid.raw(), note->name))
            .with_hint("What ends by itself is seen; `xl destroy` ends it."));
}

}  // namespace zeroth::daemon
