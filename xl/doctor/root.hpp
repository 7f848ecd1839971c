// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zeroth::xl::doctor {

/// A file system to look at: the host's, or a copy of one in a folder.
class Root {
public:
    /// "" for the host's own.
    explicit Root(std::string folder) : folder_{std::move(folder)} {}

    bool is_host() const { return folder_.empty(); }
    std::string path(std::string_view inside) const { return folder_ + std::string{inside}; }

    bool exists(std::string_view inside) const;
    /// A file's text without blanks at its end; nullopt if it cannot be read. Nothing long.
    std::optional<std::string> text(std::string_view inside) const;
    /// Names in a folder, sorted; none where it is none.
    std::vector<std::string> names(std::string_view inside) const;
    /// Where a link leads.
    std::optional<std::string> target(std::string_view inside) const;

private:
    std::string folder_;
};

}  // namespace zeroth::xl::doctor
