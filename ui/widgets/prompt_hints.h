// What the coach says of a prompt: a sentence, and what else could be said as buttons.
#pragma once

#include "engine/library/prompt_coach.h"
#include "ui/widgets/basics.h"

namespace kinescore {

class PromptHints : public QWidget {
  Q_OBJECT

 public:
  explicit PromptHints(QWidget* parent = nullptr);
  /// The first `most` of them; without any the widget is hidden.
  void setHints(const std::vector<PromptHint>& hints, int most);
  [[nodiscard]] QString firstSentence() const;

 Q_SIGNALS:
  void chosen(const kinescore::PromptSuggestion& suggestion);

 private:
  void add(const PromptHint& hint);

  QVBoxLayout* column_;
  std::vector<PromptHint> shown_;
};

/// A link whose words are cut where there is no room for them, and whole in its tooltip.
class ElidedLink : public QPushButton {
  Q_OBJECT

 public:
  ElidedLink(const QString& words, QWidget* parent);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {40, sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
};

}  // namespace kinescore
