"""The classes of widgets by their old names, for scripts that ask ``isinstance``.

The module ``ivisit.widgets`` of IVISIT 0.7x; new simulations need nothing of it.
"""

from ivisit.legacy.running.display import Display as IVisitRawDisplayFrame
from ivisit.legacy.running.handles import ButtonHandle as IVisitButtonWidget
from ivisit.legacy.running.handles import CheckboxHandle as IVisitCheckboxWidget
from ivisit.legacy.running.handles import CommentHandle as IVisitTextCommentWidget
from ivisit.legacy.running.handles import DictSliderHandle as IVisitDictSliderWidget
from ivisit.legacy.running.handles import Handle as IVisitWidget
from ivisit.legacy.running.handles import ImageHandle as IVisitImageWidget
from ivisit.legacy.running.handles import ListHandle as IVisitListSelectionWidget
from ivisit.legacy.running.handles import RadioHandle as IVisitRadiobuttonWidget
from ivisit.legacy.running.handles import SliderHandle as IVisitSliderWidget
from ivisit.legacy.running.handles import TextHandle as IVisitTextInputWidget
from ivisit.legacy.running.handles import TextOutHandle as IVisitTextfieldWidget

__all__ = [
    "IVisitButtonWidget",
    "IVisitCheckboxWidget",
    "IVisitDictSliderWidget",
    "IVisitImageWidget",
    "IVisitListSelectionWidget",
    "IVisitRadiobuttonWidget",
    "IVisitRawDisplayFrame",
    "IVisitSliderWidget",
    "IVisitTextCommentWidget",
    "IVisitTextInputWidget",
    "IVisitTextfieldWidget",
    "IVisitWidget",
]
