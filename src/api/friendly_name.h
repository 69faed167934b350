// A name for a guest who has not chosen one yet.
#pragma once

#include <string>

namespace tinychat::api {

// Such as `quiet-otter`. Others may get the same.
[[nodiscard]] std::string friendly_name();

}  // namespace tinychat::api
