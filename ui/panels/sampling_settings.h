// The second level of the next take's settings: how the network is sampled. Folded until somebody wants it; what is
// left as it is follows the quality.
#pragma once

#include <QLineEdit>

#include "ui/document/session.h"
#include "ui/widgets/basics.h"
#include "ui/widgets/fields.h"

namespace kinescore {

class SamplingSettings : public QWidget {
  Q_OBJECT

 public:
  explicit SamplingSettings(Session& session, QWidget* parent = nullptr);
  void refresh();
  /// Off for a model that samples in its own way; the fields say so.
  void offer(bool offers);
  [[nodiscard]] bool isUnfolded() const { return !body_->isHidden(); }

 private:
  void unfold(bool on);
  void change(const std::function<void(SamplingWishes&)>& apply);

  Session& session_;
  QToolButton* more_;
  QWidget* body_;
  NumberField *steps_, *guidance_;
  SegmentedChoice* sampler_;
  QLineEdit* avoid_;
  QLabel* reason_;
  QPushButton* reset_;
};

}  // namespace kinescore
