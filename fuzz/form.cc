// Forms and queries: what parses is UTF-8 within the limits, and means the same when it is written again.
#include "wire/form.h"

#include "base/limits.h"
#include "fuzz/support/check.h"
#include "wire/percent.h"

namespace tinychat::fuzz {
namespace {

std::string write(const wire::Fields& fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    if (!form.empty()) form += '&';
    form += wire::percent_encode_segment(name) + '=' + wire::percent_encode_segment(value);
  }
  return form;
}

void check(const Result<wire::Fields>& fields, std::size_t fields_max) {
  if (!fields) {
    expect_tellable(fields.error());
    return;
  }
  expect(fields->size() <= fields_max, "no more fields than may be");
  expect_utf8(*fields);
  const auto again = wire::parse_form(write(*fields), 0, fields_max);
  expect(again && *again == *fields, "the same fields of a query when they are written again");
}

void look_at(std::string_view input) {
  const auto form = wire::parse_form(input);
  check(form, limits::kFormFieldsMax);
  if (form) {
    const auto again = wire::parse_form(write(*form));
    expect(again && *again == *form, "the same fields of a body when they are written again");
  }
  check(wire::parse_form(input, 17, 5), 5);
  check(wire::parse_form(input, 0, 1000), 1000);
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tinychat::fuzz::look_at(tinychat::fuzz::text_of(data, size));
  return 0;
}
