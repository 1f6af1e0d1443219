"""Nearest neighbours: points are set, moved and deleted by hand, and classify the plane."""
#@IVISIT:SIMULATION  & classification
#@IVISIT:SLIDER      & Neighbours & [200,1] & [1,9,4,2] & k & -1 & int & 3
#@IVISIT:RADIOBUTTON & Action     & [New red,New blue,Move,Delete] & action & New red
#@IVISIT:CHECKBOX    & Show       & [areas,grid lines] & show & 10
#@IVISIT:IMAGE       & Plane      & 1.0 & [0,255] & im_plane & int
#@IVISIT:TEXT_OUT    & State      & [30,3] & just_left & str_state
import numpy as np
import ivisit as iv
from ivisit.matplotlib import *
from ivisit.special import *

COLORS = np.array([[1.0, 0.75, 0.75], [0.75, 0.8, 1.0]])
TYPES = {'New red': 'click', 'New blue': 'click', 'Move': 'drag', 'Delete': 'click'}


class SimParameters(iv.IVisit_Parameters):
    k = 1
    action = 'New red'
    show = '10'


class SimData(iv.IVisit_Data):
    im_plane = np.array([[0, 0, 0]])
    str_state = '-'


class Classification(iv.IVisit_Simulation):
    def __init__(self):
        iv.IVisit_Simulation.__init__(self, 'classification', SimParameters, SimData, 'sync', True)
        self.events = ClickDragEventAutomaton(self, 'action', 'handle', TYPES, flagMatplotlib=1)

    def init(self):
        self.points = [np.array([-1.0, -0.5]), np.array([-0.5, 1.0]), np.array([1.0, 0.5]),
                       np.array([0.5, -1.5])]
        self.labels = [0, 0, 1, 1]
        self.moved = None
        self.last = 'nothing'

    def bind(self, parent=None, display=None):
        self.display = display
        self.events.bind(display, 'im_plane', 'Plane', 'axes')

    def handle(self, action, pos, pos_init, pos_prev):
        choice = self.parameters.action
        self.last = '%s at %.1f %.1f' % (action, pos[0], pos[1])
        if action == 'click' and choice.startswith('New'):
            self.points.append(np.array(pos))
            self.labels.append(int(choice == 'New blue'))
        elif action == 'click' and len(self.points) > 1:
            nearest = getNearestNeighbor(self.points, np.array(pos))
            del self.points[nearest], self.labels[nearest]
        elif action == 'drag_init':
            self.moved = getNearestNeighbor(self.points, np.array(pos))
        elif action == 'drag_move':
            self.points[self.moved] = np.array(pos)

    def classify(self, xs, ys):
        """Return the class of each place, by the majority of its k nearest points."""
        places = np.stack([xs, ys], axis=1)
        distances = np.linalg.norm(places[:, None] - np.array(self.points)[None], axis=2)
        nearest = np.argsort(distances, axis=1, kind='stable')[:, :self.parameters.k]
        return np.array(self.labels)[nearest].mean(axis=1) > 0.5

    def step(self):
        p, d = self.parameters, self.data
        figure = getMatplotlibFigure(figsize=(4, 4))
        self.axes = figure.add_subplot(111)
        if p.show[0] == '1':
            X, Y, Z = computeGrid2D(self.classify, [-3, 3, 0.1], f_mode='vector')
            self.axes.imshow(COLORS[Z.astype(int)], origin='lower', extent=(-3, 3, -3, 3))
        self.axes.grid(p.show[1] == '1')
        for label, style in enumerate(('ro', 'bo')):
            points = np.array([q for q, l in zip(self.points, self.labels) if l == label])
            if len(points):
                self.axes.plot(points[:, 0], points[:, 1], style)
        self.axes.set_xlim(-3, 3)
        self.axes.set_ylim(-3, 3)
        d.im_plane = getMatplotlibImage(figure)
        d.str_state = '%d red, %d blue\nlast: %s' % (
            self.labels.count(0), self.labels.count(1), self.last)


sim = Classification()
sim.main_init()
sim.init()
sim.step()
iv.IVisit_main(sim=sim)
