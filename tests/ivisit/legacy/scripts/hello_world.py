"""Hello World: a text is entered, chosen and repeated, and printed on a card."""
#@IVISIT:SIMULATION & hello_world
#@IVISIT:TEXT_IN    & Name      & [20,1]  & name     & -1 & world
#@IVISIT:LISTSEL    & Greeting  & [20,5]  & [Hello,Good morning,Moin] & greeting & -1 & text & Hello
#@IVISIT:SLIDER     & Times     & [200,1] & [1,5,4,1] & times & -1 & int & 2
#@IVISIT:CHECKBOX   & Manner    & [loud,backwards] & manner & 00
#@IVISIT:TEXT_OUT   & Output    & [20,5]  & just_left & str_output
#@IVISIT:IMAGE      & Card      & 2.0     & [0,255]   & im_card & int
import numpy as np
import ivisit as iv


class SimParameters(iv.IVisit_Parameters):
    name = 'nobody'
    greeting = 'Hello'
    times = 1
    manner = '00'


class SimData(iv.IVisit_Data):
    str_output = ''
    im_card = np.zeros((32, 96, 3), 'uint8')


class Hello(iv.IVisit_Simulation):
    def __init__(self):
        iv.IVisit_Simulation.__init__(self, 'hello_world', SimParameters, SimData)

    def init(self):
        self.n_greetings = 0

    def step(self):
        p, d = self.parameters, self.data
        self.n_greetings += 1
        text = '%s, %s!' % (p.greeting, p.name)
        if p.manner[0] == '1':
            text = text.upper()
        if p.manner[1] == '1':
            text = text[::-1]
        d.str_output = '\n'.join([text] * p.times)
        d.str_output += '\n(greeting number %d)' % self.n_greetings
        # One stripe a letter, as bright as the letter's number.
        codes = np.array([ord(letter) % 256 for letter in text[:24].ljust(24)])
        stripes = np.repeat(codes, 4)[np.newaxis, :]
        d.im_card = np.zeros((32, 96, 3), 'uint8')
        d.im_card[:, :, 0] = stripes
        d.im_card[:, :, 2] = 255 - stripes


sim = Hello()
sim.main_init()
sim.init()
sim.step()
iv.IVisit_main(sim=sim)
