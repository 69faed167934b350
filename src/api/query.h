// Parameters of a query string that more than one resource has.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "wire/field.h"

namespace tinychat::api {

// `limit`: 1 to `max`, or `fallback` if there is none. Errors: kUnprocessable.
[[nodiscard]] Result<std::size_t> read_limit(const wire::Fields& query, std::size_t fallback,
                                             std::size_t max);

}  // namespace tinychat::api
