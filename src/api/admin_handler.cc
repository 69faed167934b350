#include "api/admin_handler.h"

#include <utility>

#include "api/health.h"
#include "api/problem.h"
#include "wire/metrics_text.h"
#include "wire/target.h"

namespace tinychat::api {
namespace {

constexpr std::string_view kIndex =
    "tinychat, for its operator:\n"
    "\n"
    "  /metrics   numbers, as Prometheus reads them\n"
    "  /readyz    whether it can do its work, and if not, why\n"
    "  /healthz   whether it runs, and its version\n";

net::Response text_response(std::string_view media_type, std::string text) {
  net::Response response;
  response.headers = {{"Content-Type", std::string(media_type)}, {"Cache-Control", "no-store"}};
  response.body = std::move(text);
  return response;
}

net::Response method_not_allowed() {
  auto response =
      problem_response({Code::kMethodNotAllowed, "This path takes GET and HEAD; use one of them."});
  response.headers.push_back({"Allow", "GET, HEAD"});
  return response;
}

}  // namespace

void AdminHandler::handle(net::Request&& request, net::Responder responder) {
  auto response = answer(request);
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  responder.respond(std::move(response));
}

net::Response AdminHandler::refuse(const Error& error, const wire::Fields& /*headers*/) {
  auto response = problem_response(error);
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  return response;
}

net::Response AdminHandler::answer(const net::Request& request) const {
  const auto target = wire::parse_target(request.target);
  if (!target) return problem_response(target.error());
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  if (target->path == "/metrics") {
    return is_read ? text_response(wire::kMetricsMediaType, make_metrics_()) : method_not_allowed();
  }
  if (target->path == "/readyz") return is_read ? readiness(settings_) : method_not_allowed();
  if (target->path == "/healthz") return is_read ? health(settings_) : method_not_allowed();
  if (target->path == "/") {
    return is_read ? text_response("text/plain; charset=utf-8", std::string(kIndex)) : method_not_allowed();
  }
  return problem_response({Code::kNotFound, "There is nothing at this path; / lists those there are."});
}

}  // namespace tinychat::api
