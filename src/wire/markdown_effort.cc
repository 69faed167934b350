// The shapes were looked for with pairs of all pieces that mean something, and with random mixtures of them,
// up to the longest message. With the numbers below the worst that was found takes some two milliseconds
// instead of forty; honest texts stay far from them.
#include "wire/markdown_effort.h"

#include <algorithm>
#include <cstddef>

#include "wire/ascii.h"

namespace tinychat::wire {
namespace {

// Every line after one that opens thousands of quotes and lists costs a walk through all of them.
constexpr int kContainersOfLineMax = 32;

// `<?`, `<!A` and `<![CDATA[` look for their ends through all that follows, each of them.
constexpr int kDeclarationsMax = 64;

// The end of emphasis looks back through what may have begun it, and each link through the emphasis within:
// what they take grows with the product of these.
constexpr int kEmphasisEffortMax = 1'000'000;

// What becomes an element or ends a text. A list of 8 KiB has this many if its items have six bytes each.
constexpr int kPiecesMax = 4000;
constexpr int kPiecesOfBlock = 3;

constexpr ByteSet kCountedMarks("[]<&\\*_`", false);
constexpr ByteSet kBlockCountedMarks("#>-+=*0123456789", false);

bool is_line_end(char byte) { return byte == '\n' || byte == '\r'; }
bool is_blank(char byte) { return byte == ' ' || byte == '\t'; }
bool is_letter_or_digit(char byte) { return is_letter(byte) || is_digit(byte); }

struct Effort {
  int declarations = 0;
  int emphasis = 0;
  int brackets = 0;
  int pieces = 0;      // these three, and what else becomes something
  int containers = 0;  // of the deepest line

  [[nodiscard]] bool is_too_much() const {
    return declarations > kDeclarationsMax || emphasis * (emphasis + brackets) > kEmphasisEffortMax ||
           pieces > kPiecesMax || containers > kContainersOfLineMax;
  }
};

// The quotes and lists that a line opens.
int containers_of(std::string_view line) {
  int count = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (is_blank(line[i])) continue;
    const std::size_t begin = i;
    while (i < line.size() && is_digit(line[i])) ++i;
    if (i == line.size() ||
        std::string_view(i > begin ? ".)" : ">-+*").find(line[i]) == std::string_view::npos)
      break;
    const bool ends_here = i + 1 == line.size() || is_blank(line[i + 1]) || is_line_end(line[i + 1]);
    if (line[i] != '>' && !ends_here) break;
    ++count;
  }
  return count;
}

// How a line begins: `text` at its first byte. Blank ones divide what would be one block.
void add_line(Effort& effort, std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  const bool is_blank_line = begin == std::string_view::npos || is_line_end(text[begin]);
  effort.pieces += is_blank_line || kBlockCountedMarks.has(text[begin]) ? kPiecesOfBlock : 1;
  effort.containers = std::max(effort.containers, containers_of(text));
}

// Whether a run of this mark can begin or end anything between these two: not `2 * 3`, nor snake_case.
bool delimits(char mark, char before, char behind) {
  const auto is_space = [](char byte) { return is_blank(byte) || is_line_end(byte); };
  if (is_space(before) && is_space(behind)) return false;
  return mark == '*' || !is_letter_or_digit(before) || !is_letter_or_digit(behind);
}

}  // namespace

bool takes_long_as_markdown(std::string_view text) {
  const auto at = [text](std::size_t i) { return i < text.size() ? text[i] : '\n'; };
  Effort effort;
  for (std::size_t i = 0; i < text.size() && !effort.is_too_much(); ++i) {
    const char byte = text[i];
    if (i == 0 || is_line_end(text[i - 1])) add_line(effort, text.substr(i));
    if (byte == '<' && (at(i + 1) == '?' || at(i + 1) == '!')) ++effort.declarations;
    if (byte == '[' || byte == ']') ++effort.brackets;
    if (!kCountedMarks.has(byte)) continue;
    ++effort.pieces;
    if (byte != '*' && byte != '_' && byte != '`') continue;
    const char before = i == 0 ? '\n' : text[i - 1];
    while (at(i + 1) == byte) ++i;
    if (byte != '`' && delimits(byte, before, at(i + 1))) ++effort.emphasis;
  }
  return effort.is_too_much();
}

}  // namespace tinychat::wire
