#include "api/cors.h"

#include <algorithm>

namespace tinychat::api {
namespace {

bool allows(const Settings& settings, std::string_view origin) {
  return std::ranges::find(settings.allowed_origins, origin) != settings.allowed_origins.end();
}

}  // namespace

wire::Fields cors_headers(const Settings& settings, const std::string* origin) {
  if (settings.allowed_origins.empty()) return {};
  if (allows(settings, "*")) {
    return {{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Expose-Headers", "Location"}};
  }
  // Also without an Origin: what a cache keeps of this answer is not to be given to another origin.
  wire::Fields headers = {{"Vary", "Origin"}};
  if (origin != nullptr && allows(settings, *origin)) {
    headers.push_back({"Access-Control-Allow-Origin", *origin});
    headers.push_back({"Access-Control-Expose-Headers", "Location"});
  }
  return headers;
}

wire::Fields preflight_headers(const Settings& settings, std::string_view methods) {
  if (settings.allowed_origins.empty()) return {};
  return {{"Access-Control-Allow-Methods", std::string(methods)},
          {"Access-Control-Allow-Headers",
           "Authorization, Content-Type, Last-Event-ID, Idempotency-Key, Cache-Control"},
          {"Access-Control-Max-Age", "7200"}};
}

}  // namespace tinychat::api
