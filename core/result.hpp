// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <expected>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace zeroth {

/// What went wrong, told from the outside in: "create g1: populate memory: XENMEM_populate_physmap
/// of 32768 pages at gfn 0x40000: Cannot allocate memory". It has constructors on purpose: GCC 12
/// destroys aggregate temporaries twice inside a `co_await` expression.
class [[nodiscard]] Error {
public:
    /// `what` names the operation that failed; `code` says how (errno's category, usually).
    Error(std::error_code code, std::string what) : code_{code}, what_{std::move(what)} {}
    Error(int errno_value, std::string what)
        : Error{std::error_code{errno_value, std::generic_category()}, std::move(what)} {}

    /// An error of the caller's input or of a state, where an errno's words would add nothing.
    static Error message(std::string what) { return Error{std::error_code{}, std::move(what)}; }
    /// The same, with a code for programs to test; the code's words are not printed.
    static Error message(int errno_value, std::string what);

    const std::error_code& code() const { return code_; }
    bool is(int errno_value) const {
        return code_ == std::error_code{errno_value, std::generic_category()};
    }
    /// Advice for the user, one sentence; empty where none is known.
    const std::string& hint() const { return hint_; }
    /// Further lines of the story, such as what Xen printed meanwhile; empty where there are none.
    const std::string& details() const { return details_; }

    Error within(std::string_view outer) &&;
    Error with_hint(std::string hint) &&;
    Error with_details(std::string details) &&;

    /// One line, without hint and details.
    std::string text() const;

private:
    std::error_code code_;
    std::string what_;
    std::string hint_;
    std::string details_;
    bool say_code_ = true;
};

template <class T = void>
using Result = std::expected<T, Error>;

/// An Error from errno, read before anything else can change it.
std::unexpected<Error> errno_error(std::string what);

inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>{std::move(error)}; }
inline std::unexpected<Error> fail(std::string what) {
    return fail(Error::message(std::move(what)));
}
inline std::unexpected<Error> fail(int errno_value, std::string what) {
    return fail(Error{errno_value, std::move(what)});
}

}  // namespace zeroth

#define ZEROTH_CONCAT_(a, b) a##b
#define ZEROTH_CONCAT(a, b) ZEROTH_CONCAT_(a, b)
#define ZEROTH_TRY_(tmp, declaration, expression, return_word)                      \
    auto tmp = (expression);                                                        \
    if (!tmp) return_word std::unexpected<::zeroth::Error>{std::move(tmp).error()}; \
    declaration = *std::move(tmp)
/// `ZEROTH_TRY(auto pages, memory.map(...));` declares `pages`, or returns the error.
#define ZEROTH_TRY(declaration, ...) \
    ZEROTH_TRY_(ZEROTH_CONCAT(zeroth_try_, __LINE__), declaration, (__VA_ARGS__), return )
/// The same in a coroutine. Statements only: GCC 12 cannot compile co_await inside an expression.
#define ZEROTH_CO_TRY(declaration, ...) \
    ZEROTH_TRY_(ZEROTH_CONCAT(zeroth_try_, __LINE__), declaration, (__VA_ARGS__), co_return )
/// For results that carry no value.
#define ZEROTH_CHECK_(tmp, expression, return_word)                               \
    do {                                                                          \
        if (auto tmp = (expression); !tmp)                                        \
            return_word std::unexpected<::zeroth::Error>{std::move(tmp).error()}; \
    } while (false)
#define ZEROTH_CHECK(...) \
    ZEROTH_CHECK_(ZEROTH_CONCAT(zeroth_check_, __LINE__), (__VA_ARGS__), return )
#define ZEROTH_CO_CHECK(...) \
    ZEROTH_CHECK_(ZEROTH_CONCAT(zeroth_check_, __LINE__), (__VA_ARGS__), co_return )
