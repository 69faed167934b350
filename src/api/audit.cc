// What owners did, the newest first, page by page.
#include <string>
#include <utility>

#include "api/actions.h"
#include "api/problem.h"
#include "api/query.h"
#include "base/limits.h"
#include "wire/json_writer.h"
#include "wire/time_text.h"

namespace tinychat::api {
namespace {

std::string by_json(const journal::AuditEntry& entry) {
  if (entry.by.empty()) return "null";
  std::string json;
  wire::append_json_member(json, "id", entry.by);
  wire::append_json_member(json, "name", entry.by_name);
  return json + '}';
}

void append_entry(std::string& json, const journal::AuditEntry& entry) {
  json += R"({"time":")" + wire::rfc3339(entry.time_milliseconds) + R"(","by":)" + by_json(entry);
  wire::append_json_member(json, "action", entry.action);
  wire::append_json_member(json, "subject", entry.subject);
  json += R"(,"subjectId":)";
  if (entry.subject_id.empty()) {
    json += "null";
  } else {
    wire::append_json_string(json, entry.subject_id);
  }
  json += '}';
}

std::string page_json(const journal::AuditPage& page) {
  std::string json = R"({"entries":[)";
  for (const auto& entry : page.entries) {
    if (json.back() != '[') json += ',';
    append_entry(json, entry);
  }
  json += R"(],"before":)";
  if (page.before.empty()) {
    json += "null";
  } else {
    wire::append_json_string(json, page.before);
  }
  return json + '}';
}

}  // namespace

void get_audit(Call&& call) {
  const auto limit = read_limit(call.query, limits::kAuditPageDefault, limits::kAuditPageMax);
  if (!limit) return call.reply.send(limit.error());
  const std::string* const before = wire::find(call.query, "before");
  ask_people(
      std::move(call),
      [before = before == nullptr ? std::string() : *before, limit = *limit](journal::People& people) {
        return people.audit().page(before, limit);
      },
      [](Call&& answered, Result<journal::AuditPage>&& page) {
        if (!page) return answered.reply.send(page.error());
        answered.reply.send(json_response(200, page_json(*page)));
      });
}

}  // namespace tinychat::api
