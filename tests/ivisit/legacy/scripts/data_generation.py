"""Data of two classes: drawn from Gaussians, or set by hand with the mouse."""
#@IVISIT:SIMULATION     & data_generation
#@IVISIT:DICTSLIDER     & First class  & [200,20,-1,2,10] & class1 & 0
#@IVISIT:DICTSLIDERITEM & number       & [0,200,4,1]      & n      & int   & 40
#@IVISIT:DICTSLIDERITEM & mean x       & [-5, 5, 3,0.1]   & mx     & float & -1.5
#@IVISIT:DICTSLIDERITEM & mean y       & [-5, 5, 3,0.1]   & my     & float & 1
#@IVISIT:DICTSLIDERITEM & deviation    & [0.1,3,3,0.1]    & s      & float & 0.8
#@IVISIT:DICTSLIDER     & Second class & [200,20,-1,2,10] & class2 & 0
#@IVISIT:DICTSLIDERITEM & number       & [0,200,4,1]      & n      & int   & 30
#@IVISIT:DICTSLIDERITEM & mean x       & [-5, 5, 3,0.1]   & mx     & float & 2
#@IVISIT:DICTSLIDERITEM & mean y       & [-5, 5, 3,0.1]   & my     & float & -1
#@IVISIT:DICTSLIDERITEM & deviation    & [0.1,3,3,0.1]    & s      & float & 1.2
#@IVISIT:RADIOBUTTON    & New point    & [first,second]   & new_class & first
#@IVISIT:BUTTON         & Draw         & [<,Draw new data] & btn_draw
#@IVISIT:BUTTON         & Clear        & [<,Clear]        & btn_clear
#@IVISIT:IMAGE          & Data         & 1.0 & [0,255]    & im_data & int
#@IVISIT:TEXT_OUT       & Numbers      & [20,4]           & just_left & str_numbers
import numpy as np
import ivisit as iv
from ivisit.matplotlib import *

COLORS = ('tab:blue', 'tab:orange')


class SimParameters(iv.IVisit_Parameters):
    class1 = {'n': 10, 'mx': 0.0, 'my': 0.0, 's': 1.0}
    class2 = {'n': 10, 'mx': 0.0, 'my': 0.0, 's': 1.0}
    new_class = 'first'
    btn_draw = '0'
    btn_clear = '0'


class SimData(iv.IVisit_Data):
    im_data = np.array([[0, 0, 0]])
    str_numbers = '-'


def cloud(p):
    """Return the points that the parameters of a class ask for."""
    return np.random.normal((p['mx'], p['my']), p['s'], (p['n'], 2))


class DataGeneration(iv.IVisit_Simulation):
    def __init__(self):
        iv.IVisit_Simulation.__init__(self, 'data_generation', SimParameters, SimData)

    def init(self):
        p = self.parameters
        self.points = [cloud(p.class1), cloud(p.class2)]

    def bind(self, parent=None, display=None):
        self.display = display
        self.canvas = display.bind2Widget('Data', '<Button-1>', self.on_click, 'imgcanvas')

    def on_click(self, event):
        position = getDataPos_from_canvas(event.x, event.y, self.canvas, self.axes)
        which = 0 if self.parameters.new_class == 'first' else 1
        self.points[which] = np.vstack([self.points[which], position])

    def step(self):
        p, d = self.parameters, self.data
        if p.btn_draw == '1':
            self.points = [cloud(p.class1), cloud(p.class2)]
        if p.btn_clear == '1':
            self.points = [np.zeros((0, 2)), np.zeros((0, 2))]
        figure = getMatplotlibFigure(figsize=(4, 4))
        self.axes = figure.add_subplot(111)
        for points, color in zip(self.points, COLORS):
            self.axes.plot(points[:, 0], points[:, 1], 'o', color=color, markersize=4)
        self.axes.set_xlim(-6, 6)
        self.axes.set_ylim(-6, 6)
        self.axes.grid(True)
        d.im_data = getMatplotlibImage(figure)
        d.str_numbers = 'first: %d\nsecond: %d' % tuple(map(len, self.points))
        for points in self.points:
            if len(points):
                d.str_numbers += '\nmean %.2f %.2f' % tuple(points.mean(axis=0))


sim = DataGeneration()
sim.main_init()
sim.init()
sim.step()
iv.IVisit_main(sim=sim)
