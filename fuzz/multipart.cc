// multipart/form-data. The first line of the input is the boundary, the rest the body.
#include "wire/multipart.h"

#include "base/limits.h"
#include "fuzz/support/check.h"

namespace tinychat::fuzz {
namespace {

std::string write(const wire::Fields& fields, std::string_view boundary) {
  std::string body = "A preamble.\r\n";
  for (const auto& [name, value] : fields) {
    body.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"");
    for (const char byte : name) {
      if (byte == '"' || byte == '\\') body += '\\';
      body += byte;
    }
    body.append("\"\r\n\r\n").append(value).append("\r\n");
  }
  return body.append("--").append(boundary).append("--\r\n");
}

void look_at(std::string_view input) {
  const auto boundary = take_line(input);
  const auto fields = wire::parse_multipart(input, boundary);
  if (!fields) {
    expect_tellable(fields.error());
    return;
  }
  expect(fields->size() <= limits::kFormFieldsMax, "no more parts than may be");
  expect_utf8(*fields);
  std::size_t bytes = 0;
  for (const auto& [name, value] : *fields) {
    bytes += name.size() + value.size();
    expect(value.find("\r\n--" + std::string(boundary)) == std::string::npos, "no delimiter in a value");
  }
  expect(bytes <= input.size(), "no more bytes than came in");
  if (fields->empty()) return;
  const auto again = wire::parse_multipart(write(*fields, boundary), boundary);
  expect(again && *again == *fields, "the same parts when they are written again");
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tinychat::fuzz::look_at(tinychat::fuzz::text_of(data, size));
  return 0;
}
